# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages of contributions: given on a phone, listed, read."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from terreau.agreements.actions.landmarks import Count, add_landmark
from terreau.agreements.models import Agreement, Contribution, Landmark
from terreau.agreements.queries.exports import contributions_sheet
from terreau.core import clock
from terreau.core.quantities import MICRO
from terreau.core.watching import written_by
from terreau.ecosystems.models import CircleDecision
from terreau.people.actions import give_role
from terreau.people.enums import Level, RoleKind
from terreau.people.models import Role
from terreau.publishing.actions import publish_sheet
from tests.agreements.factories import LONG, give, make_place, promise
from tests.factories import LONG_AGO, join, make_ecosystem, make_user
from tests.web.counting import query_count
from tests.web.reading import folded

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return make_place()


def address(place, name, *args):
    return reverse(f"contributions_{name}", args=[place.ecosystem.slug, *args])


def sent(place, **changes):
    fields = {
        "key": str(uuid4()),
        "kind": "time",
        "quantity": "3,5",
        "unit": "hour",
        "giver": place.halte.pk,
        "receiver": place.council.pk,
        "happened_on": clock.today().isoformat(),
        "word": "Avec <b>Paulette</b>",
        "level": "circle",
    }
    return {**fields, **changes}


WRITES = {
    **{"ledger_event": "what happened", "ledger_seal": "its place in the chain"},
    "ledger_balance": "the ledger's total of the month",
    "agreements_contribution": "what was said of it",
    "agreements_tally": "the totals of the statement",
}


def test_noting_a_gift_writes_what_it_says_and_nothing_else(client, place):
    publish_sheet(by=place.pilot, ecosystem=place.ecosystem)
    client.force_login(place.alice)
    client.post(address(place, "add"), sent(place))  # the first one adds its kind to the ledger

    with CaptureQueriesContext(connection) as queries:
        answer = client.post(address(place, "add"), sent(place))

    statements = [one["sql"] for one in queries]
    assert answer.status_code == 302
    assert {table for table in map(written_by, statements) if table} == set(WRITES)
    assert not any("publishing_" in sql for sql in statements)


def test_what_i_gave_is_noted_once_whatever_the_clicks(client, place):
    client.force_login(place.alice)
    form = sent(place)

    answers = [client.post(address(place, "add"), form) for _ in range(2)]

    row = Contribution.objects.get()
    one = address(place, "one", row.pk)
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, one)] * 2
    assert (row.quantity, row.author, row.receiver) == (3_500_000, place.halte, place.council)
    page = client.get(one).content.decode()
    assert "&lt;b&gt;Paulette&lt;/b&gt;" in page
    assert "<b>Paulette" not in page


def test_the_promise_that_fits_is_found_alone(client, place):
    commitment = promise(place, 10)
    client.force_login(place.alice)

    client.post(address(place, "add"), sent(place, commitment="guess"))
    client.post(address(place, "add"), sent(place, commitment="none"))

    linked = Contribution.objects.order_by("pk").values_list("posting__commitment_id", flat=True)
    assert list(linked) == [commitment.pk, None]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"quantity": ""}, "Remplissez cette case"),
        ({"quantity": "-3"}, "ne peut pas être négative"),
        ({"quantity": "0"}, "plus grande que zéro"),
        ({"quantity": "1,1234567"}, "trop fine"),
        ({"quantity": "trois"}, "est pas un nombre"),
        ({"quantity": "9" * 30}, "trop grande"),
        ({"unit": "eur"}, "Prenez-en un dans la liste"),
        ({"receiver": "999999"}, "Prenez-en un dans la liste"),
        ({"giver": "self"}, "choix"),
        ({"happened_on": "2019-01-01"}, "01/01/2020"),
        ({"happened_on": "2999-01-01"}, "à venir"),
        ({"word": "a" * 5000}, "5000 caractères"),
        ({"level": "author"}, "Prenez-en un dans la liste"),
        ({"key": "nonsense"}, "envoyez de nouveau"),
    ],
)
def test_bad_input_is_answered_in_french_and_writes_nothing(client, place, changes, sentence):
    client.force_login(place.alice)
    if changes.get("giver") == "self":
        changes = {"giver": place.basile.agent_id}

    answer = client.post(address(place, "add"), sent(place, **changes))

    assert (answer.status_code, Contribution.objects.count()) == (422, 0)
    assert sentence in answer.content.decode().replace("&#x27;", "'")


def test_a_stranger_finds_nothing_here(client, place):
    row = give(place)
    client.force_login(join(make_user(), make_ecosystem("Autre")))

    for name, *args in (("statement",), ("add",), ("list",), ("one", row.pk), ("awaiting",)):
        assert client.get(address(place, name, *args)).status_code == 404, name


def test_a_contribution_of_another_ecosystem_is_not_found_here(client, place):
    elsewhere = give(make_place())
    client.force_login(place.alice)

    for name in ("one", "rectify", "word", "talk"):
        assert client.get(address(place, name, elsewhere.pk)).status_code == 404, name
    assert client.post(address(place, "undo", elsewhere.pk)).status_code == 404


def test_the_statement_of_another_opens_by_decision_only(client, place):
    give(place, 3, by=place.basile, giver_id=place.council.pk, receiver_id=place.lab.pk)
    client.force_login(place.alice)
    other = f"{address(place, 'statement')}?de={place.council.pk}"
    assert client.get(other).status_code == 404
    rows = f"{address(place, 'list')}?qui=tous"
    assert "Communauté de communes →" not in client.get(rows).content.decode()

    CircleDecision.objects.create(
        ecosystem=place.ecosystem,
        space=place.ecosystem.circle,
        author=place.pilot.agent,
        recorded_by=place.pilot.agent,
        day=clock.today(),
        text="Chacun lit le relevé des autres.",
        opens_statements=True,
    )

    assert client.get(other).status_code == 200
    assert "Communauté de communes →" in client.get(rows).content.decode()


def test_a_period_that_is_no_period_is_refused(client, place):
    client.force_login(place.alice)

    for query in ("du=hier", "du=2026-02-01&au=2026-01-01", "au=2026-02-30"):
        assert client.get(f"{address(place, 'statement')}?{query}").status_code == 422, query


def test_landmarks_are_noted_corrected_and_removed(client, place):
    client.force_login(place.alice)
    form = {
        "key": str(uuid4()),
        "label": "Rendez-vous manqués",
        "value": "11",
        "unit_words": "par mois",
        "since": "2025-01-01",
        "until": "2025-03-31",
        "source": "Secrétariat",
        "level": "circle",
    }

    for _ in range(2):
        client.post(address(place, "landmarks"), form)
    row = Landmark.objects.get()
    changed = {**form, "value": "6", "version": row.version}
    client.post(address(place, "landmark", row.pk), changed)
    conflict = client.post(address(place, "landmark", row.pk), {**changed, "value": "7"})

    row.refresh_from_db()
    assert (row.value, conflict.status_code) == (6 * MICRO, 422)
    client.force_login(place.basile)
    client.post(address(place, "landmark_remove", row.pk))
    assert Landmark.objects.count() == 1
    client.force_login(place.alice)
    client.post(address(place, "landmark_remove", row.pk))
    assert Landmark.objects.count() == 0


def _fill(place, count):
    for number in range(count):
        give(place, number + 1, happened_on=clock.today() - timedelta(days=number))
        give(
            place,
            1,
            by=place.basile,
            giver_id=place.council.pk,
            receiver_id=place.halte.pk,
        )
        add_landmark(
            by=place.alice,
            ecosystem=place.ecosystem,
            key=uuid4(),
            count=Count("Trajets", MICRO, "fois", date(2025, 1, 1), date(2025, 2, 1), "Cahier"),
        )


PAGES = ("statement", "add", "list", "awaiting", "landmarks")


@pytest.mark.parametrize("query", ["", "?du=2020-02-03&au=2099-01-05"])
def test_pages_cost_the_same_at_one_row_and_at_thirty(client, place, query):
    client.force_login(place.alice)
    _fill(place, 1)
    before = {name: query_count(client, address(place, name) + query) for name in PAGES}

    _fill(place, 29)

    assert {name: query_count(client, address(place, name) + query) for name in PAGES} == before


@pytest.mark.parametrize("name", ["statement", "list", "awaiting", "landmarks"])
@pytest.mark.parametrize("fmt", ["ods", "xlsx", "csv"])
def test_every_list_leaves_as_a_file_without_formulas(client, place, name, fmt):
    give(place, 2, by=place.basile, giver_id=place.council.pk, receiver_id=place.halte.pk,
         word="=1+1")  # fmt: skip
    client.force_login(place.alice)

    answer = client.get(f"{address(place, name)}?format={fmt}")

    assert (answer.status_code, answer["Content-Disposition"][-4:]) == (200, f'{fmt[-3:]}"')
    if fmt == "csv":
        assert ";=1+1" not in answer.content.decode("utf-8-sig")
    assert client.get(f"{address(place, name)}?format=exe").status_code == 422


def test_a_promise_that_is_not_mine_to_read_is_not_told_by_the_form(client, place):
    hidden = promise(place, kind="time")
    Agreement.objects.update(level=Level.PAIR, space=make_ecosystem("Ailleurs").circle)
    form = f"{address(place, 'add')}?engagement={hidden.pk}"

    client.force_login(place.chloe)
    assert "form" not in client.get(form).context  # the kinds to choose from, as without a promise
    client.force_login(place.alice)
    assert client.get(form).context["form"].initial["giver"] == place.halte.pk


def test_the_words_of_a_promise_that_one_may_not_read_are_told_nowhere(client, place):
    partner = make_user("Passante")
    everybody = place.ecosystem.space
    give_role(agent=partner.agent, space=everybody, kind=RoleKind.PARTNER, since=LONG_AGO)
    commitment = promise(place, 10, words="Tenir la ligne secrète")
    row = give(place, 3, commitment_id=commitment.pk, level=Level.ECOSYSTEM)

    client.force_login(partner)
    pages = [client.get(address(place, "one", row.pk)).content.decode()]
    sheet = contributions_sheet(partner, place.ecosystem)
    client.force_login(place.basile)
    mine = client.get(address(place, "one", row.pk)).content.decode()

    assert ("secrète" in pages[0], "ne lisez pas" in pages[0]) == (False, True)
    assert ("secrète" in str(sheet.rows), len(sheet.rows)) == (False, 1)
    assert "secrète" in mine


def test_what_is_settled_is_said_in_one_line_and_need_not_be_typed(client, place):
    client.force_login(place.alice)

    page = client.get(address(place, "add"), {"kind": "time"})
    form = page.context["form"]
    fields = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in fields.items() if value is not None}
    answer = client.post(address(place, "add"), {**sent, "kind": "time", "quantity": "2"})

    assert form.settled == "À nous tous, par La Halte, aujourd'hui ; ajouter un mot"
    assert "autofocus" in folded(page.content.decode())
    row = Contribution.objects.get()
    assert answer["Location"] == address(place, "one", row.pk)
    assert (row.quantity, row.receiver) == (2 * MICRO, place.ecosystem.agent)


def test_the_button_counts_who_receives_from_outside_the_circle(client, place):
    Role.objects.filter(agent__in=[place.lab, place.chloe.agent]).update(
        space=place.ecosystem.space
    )
    client.force_login(place.alice)
    row = give(place, receiver_id=place.lab.pk)

    again = client.get(address(place, "add"), {"comme": row.pk})
    to_all = client.get(address(place, "add"), {"kind": "time"})

    assert "3 personnes de 2 organisations" in folded(to_all.content.decode())
    assert "4 personnes de 3 organisations" in folded(again.content.decode())


def test_money_still_asks_for_whom_in_sight(client, place):
    client.force_login(place.alice)

    form = client.get(address(place, "add"), {"kind": "money"}).context["form"]

    assert (form.to_somebody, form.settled) == ("", "Par La Halte, aujourd'hui ; ajouter un mot")


def test_a_gift_of_others_says_why_it_is_read_and_their_statement_what_it_awaits(client, place):
    row = give(place)
    client.force_login(place.chloe)

    aside = folded(client.get(address(place, "one", row.pk)).content.decode())
    statement = folded(client.get(address(place, "statement")).content.decode())
    client.force_login(place.basile)
    own = folded(client.get(address(place, "one", row.pk)).content.decode())

    said = "Vous la lisez parce qu'elle a été notée pour « le cercle »"
    assert (said in aside, said in own) == (True, False)
    assert "réunir celles d'un autre en un compte" in statement


def test_ours_says_for_whom_it_counts(client, place):
    partner = make_user("Odile")
    give_role(agent=partner.agent, space=place.ecosystem.space, kind=RoleKind.PARTNER, since=LONG)
    give(place, 62, unit="half_day")
    give(place, 7, unit="day", level="ecosystem")

    seen = {}
    for name, user in (("circle", place.chloe), ("wider", partner)):
        client.force_login(user)
        answer = client.get(address(place, "statement"))
        circle = "Compte ce que lit le premier cercle" in folded(answer.content.decode())
        seen[name] = (circle, {line.unit for line in answer.context["ours"]})

    assert seen == {"circle": (True, {"half_day", "day"}), "wider": (False, {"day"})}


@pytest.mark.parametrize("day", ["0001-01-01", "1066-10-14"])
def test_a_period_from_too_far_back_is_refused_with_a_sentence(client, place, day):
    client.force_login(place.alice)

    answer = client.get(address(place, "statement"), {"du": day})

    assert (answer.status_code, "trop ancienne" in answer.content.decode()) == (422, True)


def test_a_landmark_sent_without_its_version_covers_nobody_s_words(client, place):
    client.force_login(place.alice)
    form = {
        "key": str(uuid4()),
        "label": "Rendez-vous manqués",
        "value": "11",
        "unit_words": "par mois",
        "since": "2025-01-01",
        "until": "2025-03-31",
        "source": "Secrétariat",
        "level": "circle",
    }
    client.post(address(place, "landmarks"), form)
    row = Landmark.objects.get()

    answer = client.post(address(place, "landmark", row.pk), {**form, "value": "7"})

    row.refresh_from_db()
    assert (row.value, answer.status_code) == (11 * MICRO, 422)


def figures_on(page):
    """Return where the figures of a page lead."""
    hrefs = re.findall(r'href="([^"]+/chiffre/[^"]*)"', page.content.decode())
    return [href.replace("&amp;", "&") for href in hrefs]


def test_each_figure_of_the_statement_opens_on_its_contributions(client, place):
    give(place, 3, word="Réparer les vélos")
    give(place, 70, kind="money", unit="eur", word="Pour la peinture")
    client.force_login(place.alice)
    (hours,) = [
        href for href in figures_on(client.get(address(place, "statement"))) if "=time" in href
    ]

    page = client.get(hours).content.decode()

    assert "Réparer les vélos" in page
    assert "Pour la peinture" not in page
    assert "<strong>3\u00a0h</strong>" in page


def test_a_figure_of_somebody_whose_statement_is_closed_does_not_open(client, place):
    give(place, 3)
    client.force_login(place.chloe)

    answer = client.get(address(place, "figure"), {"de": place.halte.pk})

    assert answer.status_code == 404


def test_a_figure_of_all_opens_for_who_reads_all_one_by_one(client, place):
    give(place, 3, word="Réparer les vélos")
    client.force_login(place.chloe)
    address_of_all = address(place, "figure") + "?sens=tous&quoi=time&en=hour"
    closed = [
        href for href in figures_on(client.get(address(place, "statement"))) if "=tous" in href
    ]
    refused = client.get(address_of_all).status_code
    CircleDecision.objects.create(
        ecosystem=place.ecosystem, space=place.ecosystem.circle, author=place.ecosystem.agent,
        recorded_by=place.pilot.agent, text="On ouvre.", day=clock.today(), opens_statements=True,
    )  # fmt: skip

    (opened,) = [
        href for href in figures_on(client.get(address(place, "statement"))) if "=tous" in href
    ]
    page = client.get(opened).content.decode()

    assert (closed, refused) == ([], 404)
    assert "Nous tous avons apporté" in page and "Réparer les vélos" in page


def test_a_figure_leads_back_to_the_page_it_stood_on_as_it_was(client, place):
    year = clock.today().year - 1
    give(place, 3, happened_on=date(year, 6, 1))
    client.force_login(place.alice)
    of_a_year = f"?de={place.halte.pk}&du={year}-01-01&au={year}-12-31"

    (hours,) = figures_on(client.get(address(place, "statement") + of_a_year))
    (again,) = figures_on(client.get(address(place, "annex") + f"?annee={year}"))
    pages = [client.get(href).content.decode().replace("&amp;", "&") for href in (hours, again)]

    assert f'href="{address(place, "statement")}{of_a_year}"' in pages[0]
    assert f'href="{address(place, "annex")}?de={place.halte.pk}&annee={year}"' in pages[1]


def test_the_statement_of_a_year_leads_to_the_annex_of_that_year(client, place):
    client.force_login(place.alice)

    page = client.get(address(place, "statement"), {"du": "2024-01-01"}).content.decode()

    wanted = f'href="{address(place, "annex")}?de={place.halte.pk}&amp;annee=2024"'
    assert wanted in page
    assert f"Année {clock.today().year - 1}" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_the_annex_names_each_thing_in_its_unit_and_no_money(client, place):
    day = date(clock.today().year - 1, 6, 1)
    give(place, 3, happened_on=day)
    give(place, 70, kind="money", unit="eur", happened_on=day)
    client.force_login(place.alice)

    page = client.get(address(place, "annex"))
    (hours,) = figures_on(page)

    assert "=time" in hours
    assert "attend encore l'accord" in folded(page.content.decode())
    assert "<strong>3\u00a0h</strong>" in client.get(hours).content.decode()
