
import time, tracemalloc
from liren.records.tables import *
from liren.records.table_export import *
from liren.records.sheet_writing import open_table
from liren.records.models import Record
def test_it(county, tmp_path):
    f=tmp_path/"v.csv"
    f.write_text("姓名,志愿者编号,类别,服务时长,补贴,加入日期,联系电话,地点\n"+"".join(
     f"韩梅{i},V{i},党员,1.5,12.50,2024-03-{i%28+1:02},13800000000,王家村\n" for i in range(30000)), encoding="utf-8")
    t=time.time()
    plan=plan_import(f, register_for("志愿者登记", by=county.clerk, place=county.town))
    print(len(plan.bad), plan.bad[:2], "plan",time.time()-t); t=time.time()
    print(plan.enter(), "enter", time.time()-t); t=time.time()
    plan=plan_import(f, register_for("志愿者登记", by=county.clerk, place=county.town))
    print(plan.there, "again", time.time()-t)
    table=RecordTable(kind_named("志愿者登记")); columns=table.columns()
    for ext in (".csv",".xlsx"):
        t=time.time()
        tracemalloc.start() if ext==".csv" else None
        with open_table(tmp_path/("o"+ext),[c.title for c in columns]) as out:
            for r in table.rows(columns): out.write(r)
        print("export",ext,time.time()-t, tracemalloc.get_traced_memory() if ext==".csv" else ""); tracemalloc.stop()
    print((tmp_path/"o.csv").read_text(encoding="utf-8-sig").splitlines()[:3])
    t=time.time()
    plan=plan_import(tmp_path/"o.xlsx", register_for("志愿者登记", by=county.clerk, place=county.town))
    print(len(plan.bad),plan.bad[:2],plan.there,plan.notes,"again xlsx",time.time()-t)
    assert 0
