"""The legal forms under which a dwelling is held or let, as people call them."""

from django.utils.translation import gettext_lazy

TENURES = {
    "market": gettext_lazy("商品房"),
    "public_rental": gettext_lazy("公租房"),
    "affordable_rental": gettext_lazy("保租房"),
    "talent": gettext_lazy("人才公寓"),
    "resettlement": gettext_lazy("安置房"),
    "shared_ownership": gettext_lazy("共有产权房"),
    "work_unit": gettext_lazy("单位住房"),
    "dormitory": gettext_lazy("宿舍"),
}
