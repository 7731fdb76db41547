"""Links that let a person set a password once: an invitation, or an administrator's reset.

No mail server is needed: the administrator hands the link over. Only a hash of its secret is kept.
"""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access_log import log_access
from gis_core.errors import NotFound
from gis_core.mandates import has_whole_account, require_whole_account
from gis_core.models import SignInLink, User

LIFETIME = {"invite": timedelta(days=7), "reset": timedelta(hours=24)}


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_link(person: User, *, by: User, request: HttpRequest | None = None) -> tuple[str, SignInLink]:
    """A new secret and its row; earlier unused links of the person stop working.

    The person who never had a password is invited; the other one gets a reset.
    """
    require_whole_account(by, person)
    purpose = "reset" if person.has_usable_password() else "invite"
    SignInLink.objects.filter(user=person, used_at=None).delete()
    secret = secrets.token_urlsafe(32)
    made = SignInLink.objects.create(
        user=person,
        secret_sha256=_hash(secret),
        purpose=purpose,
        made_by=by,
        expires_at=timezone.now() + LIFETIME[purpose],
    )
    action = "make_invitation" if purpose == "invite" else "make_reset_link"
    log_access(by, action, f"user {person.pk}", area_code=person.home_code, request=request)
    return secret, made


def open_link(secret: str) -> SignInLink:
    """The row of a link that may still be used; one sentence for every other case."""
    found = (
        SignInLink.objects.filter(secret_sha256=_hash(secret), used_at=None, expires_at__gt=timezone.now())
        .select_related("user", "made_by")
        .first()
    )
    if found is None or not found.user.is_active or not _still_covered(found):
        raise NotFound(_("这个链接已经用过、已经过期或不完整。请向管理员要一个新的链接。"))
    return found


def _still_covered(link: SignInLink) -> bool:
    """May who made the link still change the account? Not once the own duty ended, or the person's grew."""
    return link.made_by is None or has_whole_account(link.made_by, link.user)


@transaction.atomic
def use_link(secret: str, password: str, *, request: HttpRequest | None = None) -> User:
    """Set the password. The second of two uses at the same time finds nothing."""
    SignInLink.objects.select_for_update().filter(secret_sha256=_hash(secret)).first()
    link = open_link(secret)
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    link.user.set_password(password)  # ends every session of the person: their hash changes
    link.user.save(update_fields=["password"])
    log_access(link.user, "use_link", f"user {link.user.pk}", request=request)
    return link.user
