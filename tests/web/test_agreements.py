# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages of agreements: written, accepted in two steps, changed, reviewed, printed."""

import io
from datetime import timedelta
from uuid import uuid4

import docx
import pytest
from django.urls import reverse

from terreau.agreements.actions.acceptance import agree
from terreau.agreements.actions.agreements import change, propose
from terreau.agreements.convention import FOOTER
from terreau.agreements.enums import VersionState
from terreau.agreements.models import Agreement, AgreementVersion, Commitment, Party
from terreau.core import clock
from terreau.people.models import LegalForm
from terreau.web.agreements.forms import FREELY
from tests.agreements.factories import (
    accept,
    add,
    make_draft,
    make_place,
    open_version,
    promise,
)
from tests.factories import join, make_ecosystem, make_user
from tests.web.counting import query_count
from tests.web.reading import folded, post_as_read

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return make_place()


def address(place, name, *args):
    return reverse(f"agreements_{name}", args=[place.ecosystem.slug, *args])


def typed(place, **changes):
    fields = {
        "key": str(uuid4()),
        "words": "Tenir le téléphone",
        "provider": place.halte.pk,
        "receiver": place.council.pk,
        "kind": "time",
        "nature": "means",
        "quantity": "624",
        "unit": "hour",
        "period": "year",
    }
    return {**fields, **changes}


def test_from_i_promise_to_accepted_by_all(client, place):
    client.force_login(place.alice)
    client.post(address(place, "new"), typed(place, name="Standard"))
    agreement = Agreement.objects.get()
    page = address(place, "page", agreement.pk)
    assert "Projet, sous réserve de validation" in client.get(page).content.decode()
    client.post(address(place, "propose", agreement.pk))

    for user in (place.alice, place.basile):
        client.force_login(user)
        agent = place.halte if user == place.alice else place.council
        party = Party.objects.get(agent=agent)
        client.post(address(place, "agree", party.pk))
        client.post(
            address(place, "validate", party.pk),
            {"body": "conseil", "day": clock.today().isoformat(), "document": "délibération 4"},
        )

    version = AgreementVersion.objects.get()
    assert version.state == VersionState.ACCEPTED
    shown = client.get(page).content.decode()
    assert ("Projet, sous réserve" in shown, "délibération 4" in shown) == (False, True)


def test_the_unit_of_money_need_not_be_said_and_that_of_time_is_chosen_to_be_looked_at(
    client, place
):
    client.force_login(place.alice)

    time = client.post(address(place, "new"), typed(place, quantity="3", unit=""))
    paid = typed(place, kind="money", quantity="30000", unit="")
    money = client.post(address(place, "new"), paid)

    assert (time.status_code, time.context["form"]["unit"].value()) == (422, "hour")
    assert money.status_code == 302
    kept = Commitment.objects.get()
    assert (kept.quantity, kept.unit) == (30_000_000_000, "eur")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"words": ""}, "Remplissez cette case."),
        ({"words": "a" * 5000}, "400"),
        ({"receiver": "halte"}, "envers soi-même"),
        ({"quantity": "-1"}, "négative"),
        ({"quantity": "3", "unit": ""}, "choisi « heures »"),
        ({"kind": "money", "quantity": "5,123", "unit": ""}, "c'est trop fin"),
        ({"unit": "eur"}, "se compte en"),
        ({"kind": "money", "unit": "eur", "receiver": "all"}, "organisation qui reçoit"),
        ({"volunteers": "on", "nature": "result"}, "jamais sur un résultat"),
        ({"review_on": "demain"}, "date"),
        ({"review_on": "1200-06-01"}, "trop ancienne"),
        ({"review_on": "9999-12-31"}, "trop lointaine"),
        ({"provider": "999999"}, "choix"),
    ],
)
def test_bad_input_is_answered_in_french_and_writes_nothing(client, place, changes, sentence):
    named = {"halte": place.halte.pk, "all": place.ecosystem.agent_id}
    changes = {name: named.get(value, value) for name, value in changes.items()}
    client.force_login(place.alice)

    answer = client.post(address(place, "new"), typed(place, **changes))

    assert (answer.status_code, Agreement.objects.count()) == (422, 0)
    assert sentence in answer.content.decode().replace("&#x27;", "'")


def test_a_text_is_opened_written_changed_and_said_again(client, place):
    client.force_login(place.alice)
    form = {
        "key": str(uuid4()),
        "name": "Notre <b>accord</b>",
        "author": place.halte.pk,
        "parties": [place.council.pk],
        "level": "circle",
    }
    for _ in range(2):
        client.post(address(place, "open"), form)
    agreement = Agreement.objects.get()
    text = {
        "version": 1,
        "name": "Notre <b>accord</b>",
        "preamble": "Nous nous sommes trouvés.",
        "parties": [place.halte.pk, place.council.pk, place.lab.pk],
    }
    client.post(address(place, "text", agreement.pk), text)
    conflict = client.post(address(place, "text", agreement.pk), {**text, "preamble": "Autre"})
    client.post(address(place, "add", agreement.pk), typed(place, free="on"))
    row = Commitment.objects.get()
    client.post(address(place, "edit", row.pk), typed(place, words="Autrement", version=1))
    stale = client.post(address(place, "edit", row.pk), typed(place, words="Trop tard", version=1))
    blind = client.post(address(place, "edit", row.pk), typed(place, words="Sans rien voir"))

    row.refresh_from_db()
    assert (conflict.status_code, stale.status_code, blind.status_code) == (422, 422, 422)
    assert row.words == "Autrement"
    page = client.get(address(place, "page", agreement.pk)).content.decode()
    assert ("Nous nous sommes trouvés." in page, "<b>accord" in page) == (True, False)
    client.post(address(place, "remove", row.pk))
    assert Commitment.objects.count() == 0


def test_declining_is_said_with_a_word(client, place):
    version = open_version(place)
    row = add(place, version, make_draft(place))
    client.force_login(place.alice)
    post_as_read(
        client,
        address(place, "not_this_year", row.pk),
        {"words": "Nous proposons deux révisions"},
    )
    page = client.get(address(place, "page", version.agreement_id)).content.decode()
    assert "Nous proposons deux révisions" in page
    client.post(address(place, "take_up", row.pk))
    row.refresh_from_db()
    assert row.declined_on is None

    client.post(address(place, "propose", version.agreement_id))
    client.force_login(place.basile)
    party = Party.objects.get(agent=place.council)
    post_as_read(client, address(place, "decline", party.pk), {"words": "Le budget est voté"})
    page = client.get(address(place, "page", version.agreement_id)).content.decode()
    assert "Le budget est voté" in page


def test_what_would_be_refused_is_not_offered(client, place):
    """No giving up the only text; no « pas cette année » once another party said yes."""
    version = open_version(place)
    add(place, version, make_draft(place))
    here = address(place, "page", version.agreement_id)
    client.force_login(place.alice)

    first = client.get(here).content.decode()
    propose(by=place.alice, version=version)
    agree(by=place.basile, party=version.parties.get(agent=place.council))
    then = client.get(here).content.decode()

    not_this_year = reverse("agreements_not_this_year", args=[place.ecosystem.slug, _only_row().pk])
    assert ("Renoncer à cette version" in first, not_this_year in first) == (False, True)
    assert not_this_year not in then


def test_a_version_may_be_given_up_when_another_stands(client, place):
    row = promise(place, 10)
    change(by=place.alice, agreement=row.version.agreement)
    client.force_login(place.alice)

    page = client.get(address(place, "page", row.version.agreement_id)).content.decode()

    assert "Renoncer à cette version" in page


def _only_row():
    return Commitment.objects.get()


def test_a_review_is_noted(client, place):
    row = promise(place, 10, review_on=clock.today() - timedelta(days=1))
    client.force_login(place.basile)
    assert "à revoir ensemble" in client.get(address(place, "list")).content.decode()
    review = address(place, "review", row.pk)

    missing = client.post(review, {"key": str(uuid4()), "outcome": "keep"})
    form = {
        "key": str(uuid4()),
        "outcome": "close",
        "kept": "partly",
        "words": "Six mois sur douze",
    }
    client.post(review, form)

    page = client.get(address(place, "commitment", row.pk)).content.decode()
    assert (missing.status_code, "Six mois sur douze" in page, "tenu en partie" in page) == (
        422,
        True,
        True,
    )


def test_every_print_says_project_until_all_validated_and_carries_the_footer(client, place):
    LegalForm.objects.get_or_create(code="7346", defaults={"label": "Communauté de communes"})
    place.council.legal_form_id = "7346"
    place.council.save()
    version = open_version(place)
    add(place, version, make_draft(place, words="=cmd|' /C calc'!A0 <script>", free=False))
    client.force_login(place.alice)
    agreement_id = version.agreement_id

    page = client.get(address(place, "print", agreement_id)).content.decode()
    text = client.get(address(place, "docx", agreement_id))
    paper = client.get(address(place, "pdf", agreement_id))

    assert "Projet, sous réserve de validation par" in page
    assert ("&lt;script&gt;" in page, "A0 <script>" in page) == (True, False)
    assert ("personne publique" in page, "ne dit pas en retour de quoi" in page) == (True, True)
    assert FOOTER in page.replace("&#x27;", "'")
    file = docx.Document(io.BytesIO(text.content))
    words = [paragraph.text for paragraph in file.paragraphs]
    assert words[2].startswith("Projet, sous réserve de validation par")
    assert file.sections[0].footer.paragraphs[0].text == FOOTER
    assert (paper.content[:5], paper["Content-Type"]) == (b"%PDF-", "application/pdf")


def test_an_accepted_version_prints_without_project(client, place):
    row = promise(place, 10)
    client.force_login(place.alice)

    page = folded(client.get(address(place, "print", row.version.agreement_id)).content.decode())

    assert ("Projet, sous réserve" in page, "acceptée le 1 mars 2021" in page) == (False, True)


def test_strangers_and_foreign_ids_find_nothing(client, place):
    elsewhere = promise(make_place(), 10)
    row = promise(place, 10)
    client.force_login(place.alice)
    for name in ("page", "text", "print", "pdf", "change", "add"):
        answer = client.get(address(place, name, elsewhere.version.agreement_id))
        assert answer.status_code == 404, name
    for name in ("commitment", "edit", "review", "not_this_year"):
        assert client.get(address(place, name, elsewhere.pk)).status_code == 404, name
    for name in ("validate", "decline", "representative"):
        party = elsewhere.version.parties.first()
        assert client.get(address(place, name, party.pk)).status_code == 404, name

    client.force_login(join(make_user(), make_ecosystem("Autre")))
    assert client.get(address(place, "page", row.version.agreement_id)).status_code == 404


def _fill(place, count):
    for number in range(count):
        version = open_version(place, f"Accord {number}")
        one = add(place, version, make_draft(place, 10, review_on=clock.today()))
        add(
            place,
            version,
            make_draft(
                place,
                5,
                provider_id=place.council.pk,
                receiver_id=place.halte.pk,
                free=False,
                in_return_of=(one.pk,),
            ),
        )
        if number % 2:
            accept(place, version)


def test_the_list_costs_the_same_at_two_agreements_and_at_thirty(client, place):
    client.force_login(place.alice)
    _fill(place, 2)
    before = query_count(client, address(place, "list"))

    _fill(place, 28)

    assert query_count(client, address(place, "list")) == before


@pytest.mark.parametrize("name", ["page", "print"])
def test_an_agreement_costs_the_same_at_one_promise_and_at_thirty(client, place, name):
    version = open_version(place)
    first = add(place, version, make_draft(place))
    client.force_login(place.alice)
    page = address(place, name, version.agreement_id)
    add(place, version, make_draft(place, free=False, in_return_of=(first.pk,)))
    before = query_count(client, page)

    for _ in range(28):
        add(place, version, make_draft(place, free=False, in_return_of=(first.pk,)))

    assert query_count(client, page) == before


@pytest.mark.parametrize("fmt", ["ods", "xlsx", "csv"])
def test_the_list_leaves_as_a_file(client, place, fmt):
    promise(place, 10, words="@SUM(1)")
    client.force_login(place.alice)

    answer = client.get(f"{address(place, 'list')}?format={fmt}")

    assert (answer.status_code, answer["Content-Disposition"].endswith(f'.{fmt}"')) == (200, True)
    if fmt == "csv":
        assert ";@SUM" not in answer.content.decode("utf-8-sig")


def test_an_agreement_ends_with_a_word_and_a_draft_is_given_up(client, place):
    row = promise(place, 10)
    agreement_id = row.version.agreement_id
    client.force_login(place.alice)
    client.post(address(place, "change", agreement_id), {"words": "Plus d'heures"})
    assert AgreementVersion.objects.count() == 2
    client.post(address(place, "drop", agreement_id))
    assert AgreementVersion.objects.count() == 1

    client.post(address(place, "end", agreement_id), {"words": "Passé à autre chose"})

    page = client.get(address(place, "page", agreement_id)).content.decode()
    assert ("Passé à autre chose" in page, "Changer cet accord" in page) == (True, False)


IN_RETURN = {
    "back_words": "Prêter la salle du conseil",
    "back_kind": "place",
    "back_quantity": "2",
    "back_unit": "day",
    "back_period": "month",
}


def test_both_sides_are_written_in_one_go_each_in_return_for_the_other(client, place):
    client.force_login(place.alice)
    form = typed(place, name="Standard", **IN_RETURN)

    for _ in range(2):
        answer = client.post(address(place, "new"), form)

    first, second = Commitment.objects.order_by("pk")
    assert answer.status_code == 302
    assert (second.provider, second.receiver) == (place.council, place.halte)
    assert (second.words, second.get_period_display()) == (IN_RETURN["back_words"], "par mois")
    assert [list(row.in_return_of.all()) for row in (first, second)] == [[second], [first]]


def test_a_pair_is_added_to_an_agreement_that_is_being_written(client, place):
    version = open_version(place)
    client.force_login(place.alice)

    client.post(address(place, "add", version.agreement_id), typed(place, **IN_RETURN))

    assert version.commitments.count() == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"free": "on"}, "ne vont pas ensemble"),
        ({"receiver": ""}, "envers qui"),
        ({"receiver": "all"}, "envers qui"),
        ({"back_kind": ""}, "de quoi il s'agit"),
        ({"back_unit": ""}, "vérifiez, puis envoyez de nouveau"),
        ({"back_unit": "eur"}, "se compte en"),
        ({"provider": "alice", "back_kind": "time", "back_unit": "hour"}, "s'engage librement"),
    ],
)
def test_a_pair_that_does_not_hold_writes_neither_side(client, place, changes, sentence):
    named = {"alice": place.alice.agent_id, "all": place.ecosystem.agent_id}
    changes = {name: named.get(value, value) for name, value in changes.items()}
    client.force_login(place.alice)

    answer = client.post(address(place, "new"), typed(place, **{**IN_RETURN, **changes}))

    assert (answer.status_code, Agreement.objects.count()) == (422, 0)
    assert sentence in answer.content.decode().replace("&#x27;", "'")


def test_the_other_side_of_a_promise_is_one_touch_away(client, place):
    version = open_version(place)
    row = add(place, version, make_draft(place, free=False))
    client.force_login(place.alice)
    page = client.get(address(place, "page", version.agreement_id)).content.decode()

    asked = f"?en-retour-de={row.pk}"
    form = client.get(address(place, "add", version.agreement_id) + asked).context["form"]
    nothing = client.get(address(place, "add", version.agreement_id) + "?en-retour-de=²")

    assert asked in page
    assert (form.initial["provider"], form.initial["receiver"]) == (
        place.council.pk,
        place.halte.pk,
    )
    assert form.initial["in_return_of"] == [row.pk]
    assert nothing.status_code == 200


def test_what_is_not_validated_leaves_room_to_sign(client, place):
    version = open_version(place)
    add(place, version, make_draft(place))
    client.force_login(place.alice)
    paper = address(place, "docx", version.agreement_id)

    before = docx.Document(io.BytesIO(client.get(paper).content))
    accept(place, version)
    after = docx.Document(io.BytesIO(client.get(paper).content))

    signed = [
        sum("Signature" in node.text for node in document.element.iter() if node.tag.endswith("}t"))
        for document in (before, after)
    ]
    assert signed == [2, 0]


def test_who_promises_in_their_own_name_is_told_that_nothing_is_promised_back(client, place):
    client.force_login(place.alice)
    form = typed(place, name="Standard", **{**IN_RETURN, "provider": place.alice.agent_id})

    answer = client.post(address(place, "new"), form)

    assert answer.context["form"].errors["back_words"] == [FREELY]
    assert Commitment.objects.count() == 0
