#!/usr/bin/env python3
"""A client that openapi-python-client made of /openapi.json asks a scripted gateway, as its users would.

    openapi-python-client generate --path openapi.json --meta none --output-path FOLDER/stislo_client
    PYTHONPATH=FOLDER python tests/gateway/client.py ADDRESS

Summaries by both spellings and a comparison, a text as the body with options in the query, a check, an extract, a translation
by both APIs, the probes, and a refusal as the document describes it.
"""

import pathlib
import sys

from stislo_client import Client
from stislo_client.api.articles import check, compare, extract, summarise, summarize, translate
from stislo_client.api.gateway import health, models, ready
from stislo_client.api.libretranslate import libre_detect, libre_languages, libre_translate
from stislo_client.models import (
    Answer,
    CheckBody,
    CheckReport,
    Extract,
    ExtractBody,
    FindingKind,
    Language,
    LibreDetectBody,
    LibreTranslateBody,
    LibreTranslation,
    Problem,
    SummarizeBody,
    TranslateBody,
    Translation,
)

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "tests/fixtures/en/harbour-bridge/page.txt").read_text()


def main():
    client = Client(base_url=sys.argv[1], timeout=60)
    assert health.sync(client=client).status == "ok"
    assert ready.sync(client=client).status == "ready"
    assert models.sync(client=client).models[0].context > 0

    for operation in (summarize, summarise, compare):
        # Everything that has a default is left to it.
        answer = operation.sync(client=client, body=SummarizeBody(text=PAGE))
        assert isinstance(answer, Answer), (operation.__name__, answer)
        assert [summary.language for summary in answer.summaries] == [Language.EN, Language.UK, Language.RU]
        assert answer.summaries[0].headline and answer.summaries[0].key_facts
    assert answer.comparison is not None, "the last was a comparison"
    body = SummarizeBody(text=PAGE, languages=[Language.UK], facts=3)
    answer = summarize.sync(client=client, body=body)
    assert len(answer.summaries) == 1 and len(answer.summaries[0].key_facts) <= 3, answer

    refused = summarize.sync(client=client, body=SummarizeBody(text=PAGE, facts=99))
    assert isinstance(refused, Problem) and refused.code == "limit_exceeded", refused

    wrong = "The repair cost £83.6 million."
    report = check.sync(client=client, body=CheckBody(article=PAGE, claim=wrong))
    assert isinstance(report, CheckReport) and report.findings == 1, report
    assert report.sentences[0].findings[0].kind == FindingKind.NUMBER_NOT_IN_SOURCE, report
    article = extract.sync(client=client, body=ExtractBody(text=PAGE))
    assert isinstance(article, Extract) and article.language == Language.EN and article.sentences[0].id == 1, article

    # The scripted model translates nothing, so the text is one that stays as it is.
    text = "Мер учора пішов."
    translation = translate.sync(client=client, body=TranslateBody(text=text, to=Language.UK))
    assert isinstance(translation, Translation) and translation.text == text, translation
    libre = libre_translate.sync(client=client, body=LibreTranslateBody(q=[text], source="auto", target="uk"))
    assert isinstance(libre, LibreTranslation) and libre.translated_text == [text], libre
    guesses = libre_detect.sync(client=client, body=LibreDetectBody(q="Міський голова відкрив новий міст."))
    assert guesses[0].language == Language.UK, guesses
    assert {language.code for language in libre_languages.sync(client=client)} == set(Language)
    print("a generated client summarises, compares, checks, extracts and translates")


if __name__ == "__main__":
    main()
