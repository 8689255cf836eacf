# SPDX-License-Identifier: AGPL-3.0-or-later
"""« C'est nous »: asked, seen by who runs the instance, granted or removed, told by mail."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

from terreau.core import clock, worker
from terreau.core.errors import EditConflict, Invalid, NotAllowed, NotFound
from terreau.people.enums import RoleKind
from terreau.people.models import User
from terreau.publishing.actions import (
    answer_request,
    drop_hidden,
    load_read_sheets,
    publish_sheet,
    refresh_sheet,
    take_over,
    write_message,
)
from terreau.publishing.enums import MessageKind, Origin, Outcome
from terreau.publishing.models import Correction, Sheet, SheetMessage
from tests.factories import join, make_ecosystem, make_user
from tests.publishing.factories import make_scene

pytestmark = pytest.mark.django_db
ASKING = "nous@exemple.invalid"
WORDS = {"sender": "Claude, présidente", "answer_to": ASKING, "text": "C'est notre projet."}


@pytest.fixture
def admin() -> User:
    user = User.objects.create_superuser("instance@exemple.invalid", name="Instance")
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    return user


@pytest.fixture
def read() -> Sheet:
    load_read_sheets()
    return Sheet.objects.get(slug="rejoue")


def ask(sheet: Sheet, kind: MessageKind = MessageKind.TAKE_OVER) -> SheetMessage:
    return write_message(sheet=sheet, kind=kind, words=WORDS, key=uuid4(), address="192.0.2.1")


def sent() -> list:
    worker.run_pending()
    return mail.outbox


def granted(admin: User, sheet: Sheet) -> str:
    """Grant a request to take over; return the token of the link."""
    request = ask(sheet)
    answer_request(by=admin, request=request, outcome=Outcome.GRANTED, address="https://x/TOKEN/")
    return re.search(r"https://x/(\S+)/", sent()[-1].body)[1]


def test_the_whole_way_from_the_sheet_to_those_who_keep_it(client, admin, read):
    scene = make_scene()
    asked = client.post(
        reverse("public_ours", args=["rejoue"]),
        {**WORDS, "kind": "take_over", "key": str(uuid4()), "website": ""},
        follow=True,
    )
    assert "Votre demande est enregistrée" in asked.content.decode()
    assert [one.to for one in sent()] == [[admin.email]]
    assert ASKING not in mail.outbox[0].body

    client.force_login(admin)
    assert "Rejoué" in client.get(reverse("public_requests")).content.decode()
    page = reverse("public_request", args=[SheetMessage.objects.get().pk])
    assert ASKING in client.get(page).content.decode()
    client.post(page, {"outcome": "granted", "words": "Bienvenue."})

    told = sent()[-1]
    assert (told.to, "Bienvenue." in told.body) == ([ASKING], True)
    path = re.search(r"http://testserver(/reprendre/\S+/)", told.body)[1]
    client.logout()
    assert client.get(path).url.startswith(reverse("account_login"))
    client.force_login(scene.steward)
    assert scene.ecosystem.name in client.get(path).content.decode()
    answer = client.post(path, {"ecosystem": scene.ecosystem.slug})

    assert answer.url == reverse("public_manage", args=[scene.ecosystem.slug])
    body = client.get(reverse("public_sheet", args=["rejoue"])).content.decode()
    assert "Fiche tenue par la coopération elle-même" in body
    assert scene.ecosystem.name in body and "Non tenue" not in body
    assert "Carnet des projets" in body and body.count("stage-year") >= 1


def test_what_was_read_stays_in_the_history_of_a_sheet_that_is_kept(admin, read):
    before = [(v.year, v.aim, v.story, v.source) for v in read.versions.all()]
    scene = make_scene()

    take_over(by=scene.steward, token=granted(admin, read), ecosystem=scene.ecosystem)
    refresh_sheet(by=scene.steward, ecosystem=scene.ecosystem)
    drop_hidden(ecosystem=scene.ecosystem)

    sheet = Sheet.objects.get(slug="rejoue")
    after = [(v.year, v.aim, v.story, v.source) for v in sheet.versions.all()]
    assert (sheet.origin, sheet.ecosystem, sheet.heading) == (Origin.KEPT, scene.ecosystem, "")
    assert [version for version in after if version in before] == before
    assert sheet.title == scene.ecosystem.name
    assert sheet.aim not in [aim for _, aim, _, _ in before]


def test_an_aim_that_becomes_private_never_gives_way_to_one_that_was_read(admin, read):
    scene = make_scene()
    take_over(by=scene.steward, token=granted(admin, read), ecosystem=scene.ecosystem)
    scene.ecosystem.aims.update(level="circle")

    drop_hidden(ecosystem=scene.ecosystem)

    assert Sheet.objects.get(slug="rejoue").aim == scene.ecosystem.sentence


def test_reading_the_documents_again_leaves_alone_what_was_taken_over(admin, read):
    scene = make_scene()
    take_over(by=scene.steward, token=granted(admin, read), ecosystem=scene.ecosystem)

    report = load_read_sheets()

    sheet = Sheet.objects.get(slug="rejoue")
    assert (report.written, sheet.origin, sheet.title) == (0, Origin.KEPT, scene.ecosystem.name)


def test_a_sheet_removed_says_why_in_the_corrections_and_by_mail(client, admin, read):
    request = ask(read, MessageKind.REMOVE)
    client.force_login(admin)
    page = reverse("public_request", args=[request.pk])

    without = client.post(page, {"outcome": "removed", "words": " "})
    assert "Dites pourquoi" in without.content.decode()
    client.post(page, {"outcome": "removed", "words": "Le projet s'est arrêté."})

    assert client.get(reverse("public_sheet", args=["rejoue"])).status_code == 410
    log = client.get(reverse("public_corrections")).content.decode()
    assert "Le projet s&#x27;est arrêté." in log and "Fiche retirée" in log
    assert ASKING not in log
    assert (sent()[-1].to, "plus personne ne la lit" in mail.outbox[-1].body) == ([ASKING], True)


def test_a_request_declined_is_told_with_its_reason_and_the_sheet_stays(admin, read):
    request = ask(read)

    answer_request(by=admin, request=request, outcome=Outcome.DECLINED, words="Pas vérifié.")

    read.refresh_from_db()
    assert (read.origin, read.withdrawn_at) == (Origin.READ, None)
    assert "n'a pas eu de suite" in sent()[-1].body and "Pas vérifié." in mail.outbox[-1].body


def test_a_request_is_settled_once(admin, read):
    request = ask(read)
    answer_request(by=admin, request=request, outcome=Outcome.DECLINED, words="Non.")

    again = answer_request(by=admin, request=request, outcome=Outcome.DECLINED, words="Non.")
    with pytest.raises(EditConflict) as both:
        answer_request(by=admin, request=request, outcome=Outcome.REMOVED, words="Si.")

    read.refresh_from_db()
    assert (again.outcome, read.withdrawn_at) == (Outcome.DECLINED, None)
    assert (both.value.stored["words"], both.value.yours["words"]) == ("Non.", "Si.")
    assert (len(sent()), Correction.objects.filter(written="Fiche retirée").count()) == (2, 0)


def test_only_who_runs_the_instance_settles(client, admin, read):
    scene = make_scene()
    request = ask(read)
    client.force_login(scene.steward)

    pages = [reverse("public_requests"), reverse("public_request", args=[request.pk])]

    assert [client.get(page).status_code for page in pages] == [404, 404]
    with pytest.raises(NotAllowed):
        answer_request(by=scene.steward, request=request, outcome=Outcome.GRANTED)


def test_to_remove_is_not_to_take_over(admin, read):
    request = ask(read, MessageKind.REMOVE)

    with pytest.raises(Invalid, match="n'est pas de reprendre"):
        answer_request(by=admin, request=request, outcome=Outcome.GRANTED)


def test_the_link_opens_nothing_to_whoever_steers_nothing(client, admin, read):
    token = granted(admin, read)
    member = join(make_user("Membre"), make_ecosystem(), RoleKind.MEMBER)
    client.force_login(member)

    page = client.get(reverse("public_take_over", args=[token])).content.decode()

    assert "Vous ne gardez les clés d" in page and reverse("start_new") in page
    with pytest.raises(NotAllowed):
        take_over(by=member, token=token, ecosystem=make_ecosystem())


def test_a_link_serves_one_cooperation_and_the_same_one_twice(admin, read):
    first, second = make_scene(), make_scene()
    token = granted(admin, read)
    sheet = take_over(by=first.steward, token=token, ecosystem=first.ecosystem)

    assert take_over(by=first.steward, token=token, ecosystem=first.ecosystem) == sheet
    with pytest.raises(Invalid, match="reprise ou retirée"):
        take_over(by=second.steward, token=token, ecosystem=second.ecosystem)


def test_a_cooperation_with_its_own_sheet_is_told_what_to_ask(admin, read):
    scene = make_scene()
    publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)

    with pytest.raises(Invalid, match="Demandez plutôt"):
        take_over(by=scene.steward, token=granted(admin, read), ecosystem=scene.ecosystem)

    assert Sheet.objects.get(slug="rejoue").origin == Origin.READ


def test_a_link_that_is_old_or_false_opens_nothing(admin, read):
    scene = make_scene()
    token = granted(admin, read)
    SheetMessage.objects.update(open_until=clock.now() - timedelta(days=1))

    for tried in (token, "false"):
        with pytest.raises(NotFound):
            take_over(by=scene.steward, token=tried, ecosystem=scene.ecosystem)


def test_those_who_keep_a_sheet_never_read_who_asked_before_them(client, admin, read):
    scene = make_scene()
    ask(read, MessageKind.REMOVE)
    take_over(by=scene.steward, token=granted(admin, read), ecosystem=scene.ecosystem)
    client.force_login(scene.steward)

    page = client.get(reverse("public_manage", args=[scene.ecosystem.slug])).content.decode()

    assert ASKING not in page


def test_an_answer_needs_an_address_that_mail_can_reach(client, read):
    given = {**WORDS, "answer_to": "06 00 00 00 00", "kind": "remove", "key": str(uuid4())}

    answer = client.post(reverse("public_ours", args=["rejoue"]), given)

    assert (answer.status_code, SheetMessage.objects.count()) == (200, 0)
    with pytest.raises(Invalid, match="adresse électronique"):
        write_message(
            sheet=read, kind=MessageKind.REMOVE, words={**WORDS, "answer_to": "06"},
            key=uuid4(), address="192.0.2.1",
        )  # fmt: skip
