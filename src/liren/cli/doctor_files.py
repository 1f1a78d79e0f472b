"""``liren doctor`` on attachments, and on requests to erase personal information that wait for an answer."""

from collections.abc import Iterator

from .doctor import BAD, GOOD, WARN, Sign


def files() -> Iterator[Sign]:
    """附件"""
    from liren.records.models import File
    from liren.records.storage import is_kept, key_of

    kept = File.objects.filter(erased=False).order_by().values_list("sha256", "private").distinct()
    total, missing, plain, last = 0, 0, 0, ""
    for digest, private in kept.iterator(chunk_size=5000):
        total += 1
        missing += not is_kept(digest, private=private)
        if private:
            last, plain = digest, plain + (key_of(digest) == "")
    if missing:
        yield Sign("附件", BAD, f"{total} 个里少了 {missing} 个", "从备份里恢复 var/files")
    else:
        yield Sign("附件", GOOD, f"{total} 个都在")
    if last:
        yield _private(last, plain)


def _private(digest: str, plain: int) -> Sign:
    """Whether a private file opens, and whether all are sealed."""
    from liren.records.storage import whole
    from liren.refusals import Refusal

    try:
        opens = whole(digest, private=True)
    except Refusal:
        opens = False
    if not opens:
        return Sign(
            "保密附件", BAD, f"{digest[:12]} 打不开或被改过", "放回原来的密钥；再不行，从备份里恢复这个文件"
        )
    if plain:
        return Sign("保密附件", WARN, f"{plain} 个是以前的版本存的，没有加密", "运行 liren private rotate")
    return Sign("保密附件", GOOD, f"都加了密，打得开（查了 {digest[:12]}）")


def answers() -> Iterator[Sign]:
    """个人信息请求"""
    from liren.clock import now
    from liren.privacy.queries import late_answers

    waiting, late = late_answers(now())
    if late:
        mend = "请经办单位到“清单 → 个人信息请求”里答复"
        yield Sign("个人信息请求", WARN, f"{waiting} 件等着答复，{late} 件过了答复的日子", mend)
    elif waiting:
        yield Sign("个人信息请求", GOOD, f"{waiting} 件等着答复，都没有过期")
