"""How much each trait of a sentence tells of an order to a language model: fits `src/plan/orders/weights.toml`, and measures it.

    pip install numpy scikit-learn
    cargo build --release --example oracle
    python orders.py ORACLE E5-SMALL-Q4.bin ORDERS.tsv NEWS.jsonl [MORE.jsonl ...] > src/plan/orders/weights.toml

ORDERS.tsv (tests/corpus/orders.tsv) has orders and, as `plain`, sentences that look like some and are none: kind, language, text. NEWS
has articles ({id, lang, text}). An order is set among the sentences of another article, at random, to tell how far from a topic it
is; half of the time it is brought nearer to it, because some orders speak of their article. News is left out by article, orders with
their translations, when what is found is measured: it goes to stderr.
"""

import collections
import json
import random
import re
import subprocess
import sys
import tomllib

import numpy as np
from sklearn.linear_model import LogisticRegression

LANGUAGES = ["en", "uk", "ru"]
FOLDS = 5
# Sentences of each kind count as so many of news.
OF_ORDER, OF_PLAIN = 5.0, 3.0
# Likenesses to an article vary less than features do.
TOPIC = 5.0
# An order may speak of its article: half of them are brought nearer to it by up to this.
NEARER = 0.25
# Shares of sentences of news that may be taken for orders, and stand out.
ORDER, SUSPECT = 0.0018, 0.008
UNIT = 1e-2


def asked(oracle, command, path, texts):
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    done = subprocess.run([oracle, command, path], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def sentences(text):
    for paragraph in re.split(r"\n+", text):
        for sentence in re.split(r"(?<=[.!?…»\"])\s+(?=[A-ZА-ЯІЇЄҐЁ«\"“—])", paragraph):
            if len(sentence.strip()) > 8:
                yield sentence.strip()


class Texts:
    """Vectors without the centre of their language, and features."""

    def __init__(self, oracle, model, rows, centres):
        texts = [text for _, text in rows]
        self.languages = [language for language, _ in rows]
        self.features = np.array(asked(oracle, "features", "-", texts))
        vectors = np.array([query for query, _ in asked(oracle, "encode", model, texts)])
        vectors -= np.array([centres[language] for language in self.languages]) * 1e-4
        self.vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        self.topic = np.zeros((len(rows), 3))

    def columns(self, kind):
        return self.features if kind == "rules" else np.hstack([self.features, TOPIC * self.topic, self.vectors])


def topic(vector, others):
    near = np.sort(others @ vector)[::-1]
    return near[0], near[:3].mean(), near.mean()


def placed(texts, articles, news):
    """The topic of sentences that are set in articles of their language."""
    for at, language in enumerate(texts.languages):
        article = random.choice(articles[language])
        nearer = random.uniform(0, NEARER) if at % 2 else 0.0
        best, some, every = topic(texts.vectors[at], news.vectors[article])
        texts.topic[at] = best + nearer, some + nearer, every + nearer / 2


def fit(kind, orders, plain, news, keep):
    columns = np.vstack([texts.columns(kind)[kept] for texts, kept in zip((orders, plain, news), keep)])
    weights = np.concatenate([np.full(kept.sum(), weight) for kept, weight in zip(keep, (OF_ORDER, OF_PLAIN, 1.0))])
    wanted = np.concatenate([np.full(kept.sum(), is_order) for kept, is_order in zip(keep, (1, 0, 0))])
    return LogisticRegression(C=1.0, max_iter=5000).fit(columns, wanted, sample_weight=weights)


def crossed(kind, sets, folds):
    scores = [np.zeros(len(fold)) for fold in folds]
    for out in range(FOLDS):
        model = fit(kind, *sets, [fold != out for fold in folds])
        for score, texts, fold in zip(scores, sets, folds):
            score[fold == out] = model.decision_function(texts.columns(kind)[fold == out])
    return scores


def row(name, values, form):
    lines = [", ".join(form % value for value in values[at : at + 16]) + "," for at in range(0, len(values), 16)]
    print(f"{name} = [\n    " + "\n    ".join(lines) + "\n]")


def main(oracle, model, path, *files):
    random.seed(1)
    with open("src/answer/centres.toml", "rb") as file:
        centres = {language: np.array(numbers) for language, numbers in tomllib.load(file).items()}
    with open(path, encoding="utf8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]
    told = {kind: [(lang, text) for it, lang, text in rows if it == kind] for kind in ("order", "plain")}
    articles, found = [], []
    for name in files:
        with open(name, encoding="utf8") as file:
            for line in file:
                it = json.loads(line)
                start = len(found)
                found += [(it["lang"], text) for text in dict.fromkeys(sentences(it["text"]))]
                articles.append((it["lang"], list(range(start, len(found)))))
    orders, plain, news = (Texts(oracle, model, rows, centres) for rows in (told["order"], told["plain"], found))
    long = {lang: [own for its, own in articles if its == lang and len(own) >= 8] for lang in LANGUAGES}
    for _, own in articles:
        for at in own if len(own) > 5 else []:
            news.topic[at] = topic(news.vectors[at], news.vectors[[other for other in own if other != at]])
    # What stands alone has no topic: it is as far from one as a sentence of news is.
    alone = [at for _, own in articles if len(own) <= 5 for at in own]
    news.topic[alone] = np.median(news.topic[news.topic[:, 0] != 0], axis=0)
    placed(orders, long, news)
    placed(plain, long, news)
    # Translations of one order stand at the same place of each language.
    place = collections.Counter()
    folds = []
    for kind in ("order", "plain"):
        places = []
        for lang, _ in told[kind]:
            places.append(place[kind, lang] % FOLDS)
            place[kind, lang] += 1
        folds.append(np.array(places))
    folds.append(np.array([number % FOLDS for number, (_, own) in enumerate(articles) for _ in own]))
    print("# Weights of a logistic regression that tells orders to a language model from news: see `score.rs`. The vector's are hundredths.")
    print(f"# Made by `tests/oracle/orders.py` of {len(told['order'])} orders and {len(found)} sentences of {len(articles)} articles.")
    for kind in ("rules", "meaning"):
        sets = (orders, plain, news)
        scores = crossed(kind, sets, folds)
        ranked = np.sort(scores[2])[::-1]
        bounds = {name: float(ranked[round(share * len(ranked))]) for name, share in (("order", ORDER), ("suspect", SUSPECT))}
        for name, bound in bounds.items():
            shares = ["%.1f%%" % (100 * (score > bound).mean()) for score in scores]
            print(kind, name, "%.2f" % bound, "orders, plain, news:", *shares, file=sys.stderr)
        for at in np.argsort(-scores[2])[:12]:
            print("    %.2f" % scores[2][at], found[at][1][:150], file=sys.stderr)
        whole = fit(kind, *sets, [np.full(len(fold), True) for fold in folds])
        weights = whole.coef_[0]
        width = orders.features.shape[1]
        print(f"\n[{kind}]\nbias = {whole.intercept_[0]:.3f}\norder = {bounds['order']:.2f}\nsuspect = {bounds['suspect']:.2f}")
        row("features", list(weights[:width]), "%.2f")
        if kind == "meaning":
            row("topic", list(weights[width : width + 3] * TOPIC), "%.2f")
            row("vector", list(np.round(weights[width + 3 :] / UNIT)), "%d")


main(*sys.argv[1:])
