"""Asks a running server by the PyPI client libretranslatepy, and with the request that Mastodon sends.

    python libre.py http://127.0.0.1:8080/
"""

import json
import sys
import urllib.request

from libretranslatepy import LibreTranslateAPI

address = sys.argv[1].rstrip("/") + "/"
client = LibreTranslateAPI(address)
languages = client.languages()
assert {language["code"] for language in languages} == {"en", "uk", "ru"}, languages
assert all(isinstance(language["targets"], list) for language in languages), languages
assert client.detect("Міський голова відкрив новий міст.")[0]["language"] == "uk"
text = client.translate("The mayor opened the bridge.", "en", "uk")
assert text and not any("a" <= c <= "z" for c in text), text
print("libretranslatepy:", text)

body = {"q": ["<p>The mayor left <span translate=\"no\">@ann</span>.</p>", "<p>Two</p>"], "source": "en", "target": "uk"}
body |= {"format": "html", "api_key": None}
request = urllib.request.Request(address + "translate", json.dumps(body).encode(), {"Content-Type": "application/json"})
answer = json.load(urllib.request.urlopen(request))
assert len(answer["translatedText"]) == 2, answer
assert '<span translate="no">@ann</span>' in answer["translatedText"][0], answer
print("Mastodon:", answer)
