"""What the security log can say, how long it is kept, and how long a code that no longer holds."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

#: 网络安全法 art. 21 asks for six months at least; six months are 184 days at most.
KEPT = timedelta(days=184)

#: A code that no longer holds is kept for an hour, so that a late try can be answered, and then forgotten.
CODE_KEPT = timedelta(hours=1)

#: By which means, as the log words it → its title. Roles and the ids of providers are said as they are.
MEANS = {
    "password": _("密码"),
    "mfa": _("第二道验证"),
    "totp": _("验证器"),
    "webauthn": _("通行密钥"),
    "recovery_codes": _("备用码"),
    "phone": _("手机验证码"),
    "demo": _("演示"),
    "account_closed": _("账户停用"),
    "device_lost": _("设备丢失"),
    "person_changed": _("改人员"),
    "unit_changed": _("改单位"),
    "place_changed": _("改地点"),
    "place_merged": _("并入别的地点"),
    "calendar_entered": _("导入日历"),
    "table_entered": _("导入名册"),
    "outlines_entered": _("导入界线"),
}

#: Kind of an event → its title.
KINDS = {
    "signed_in": _("登录"),
    "signed_out": _("退出"),
    "sign_in_failed": _("登录未通过"),
    "locked_out": _("试错过多，暂停登录"),
    "code_sent": _("发出短信验证码"),
    "code_failed": _("验证码不对或已失效"),
    "code_limited": _("验证码要得过多"),
    "sms_failed": _("短信没有发出"),
    "mail_failed": _("邮件没有发出"),
    "factor_added": _("添加第二道验证"),
    "factor_removed": _("去掉第二道验证"),
    "factor_reset": _("重新生成备用码"),
    "factor_failed": _("第二道验证未通过"),
    "password_changed": _("修改密码"),
    "password_reset": _("用链接设置密码"),
    "email_changed": _("改邮箱"),
    "provider_added": _("绑定外部账户"),
    "provider_removed": _("解除外部账户"),
    "session_ended": _("结束一处登录"),
    "access_refused": _("打开无权看或没有的页"),
    "role_taken": _("任职"),
    "role_left": _("离任"),
    "account_added": _("建立账户"),
    "account_closed": _("停用账户"),
    "account_opened": _("恢复账户"),
    "link_made": _("开出设置密码的链接"),
    "list_changed": _("改名册或日历"),
    "key_made": _("生成接口密钥"),
    "key_ended": _("停用接口密钥"),
    "key_failed": _("接口密钥无效"),
}
