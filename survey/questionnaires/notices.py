"""The draft that a first notice starts from; blanks (__) are the office's to fill, a lawyer's to edit."""

DRAFT_ZH = (
    "我们是__社区网格服务人员。本次走访只登记您家需要的服务和住房、设施情况，用于安排服务和规划便民设施。"
    "不登记民族、宗教、身份证号，不拍人像，不记录行踪。您可以不回答任何问题，也可以随时查看、更正、删除或撤回，"
    "不影响您享受的服务。保存至__。"
)
DRAFT_EN = (
    "We are the grid service workers of __ community. This visit records only the services your household "
    "needs and the state of the dwelling and its facilities, to arrange services and plan facilities. We do "
    "not record ethnicity, religion or identity numbers, take no pictures of people and keep no movement "
    "tracks. You may leave any question unanswered, and may see, correct, delete or withdraw your record at "
    "any time; the services you receive stay the same. Kept until __."
)
