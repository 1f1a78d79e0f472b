"""Addresses of the workbench face, under /w/."""

from django.urls import path

from liren.workbench.views import activities, exams, mine, phone, records, reports, told

app_name = "workbench"
urlpatterns = [
    path("", records.todo, name="todo"),
    path("records/<path:number>/", records.record, name="record"),
    path("step/<str:verb>/<path:number>/", records.step, name="step"),
    path("attach/<path:number>/", records.attach, name="attach"),
    path("new/", reports.new, name="new"),
    path("new/<str:kind>/", reports.report, name="report"),
    path("walk/", reports.walk_start, name="walk_start"),
    path("walk/end/", reports.walk_stop, name="walk_stop"),
    path("activities/", activities.activities, name="activities"),
    path("activities/code/<path:number>/", activities.code, name="code"),
    path("activities/code.svg/<path:number>/", activities.code_picture, name="code_picture"),
    path("activities/note/<path:number>/", activities.note, name="note"),
    path("activities/confirm/<path:number>/", activities.confirm, name="confirm"),
    path("activities/<path:number>/", activities.activity, name="activity"),
    path("scan/<str:code>/", activities.scan, name="scan"),
    path("mine/", mine.mine, name="mine"),
    path("mine/hours/", mine.my_hours, name="hours"),
    path("mine/reports/", mine.my_reports, name="reports"),
    path("mine/notices/", told.notices, name="notices"),
    path("mine/notices/preferences/", told.preferences, name="notice_preferences"),
    path("mine/points/", mine.my_points, name="points"),
    path("mine/study/", mine.study, name="study"),
    path("mine/certificates/", mine.certificates, name="certificates"),
    path("mine/certificates/<path:number>/", mine.certificate, name="certificate"),
    path("exams/begin/<path:number>/", exams.begin, name="exam_begin"),
    path("exams/save/<path:number>/", exams.save, name="exam_save"),
    path("exams/hand-in/<path:number>/", exams.hand_in, name="exam_hand_in"),
    path("exams/paper/<path:number>/", exams.paper, name="exam_paper"),
    path("exams/<path:number>/", exams.exam, name="exam"),
    path("queue/", phone.queue, name="queue"),
    path("offline/", phone.offline, name="offline"),
    path("send/", phone.send, name="send"),
    path("manifest.webmanifest", phone.manifest, name="manifest"),
    path("worker.js", phone.worker, name="worker"),
]
