"""Reads exports with the packages of others: stix2 (strictly), case-utils (SHACL of CASE/UCO), feedparser.

What is not installed is said and skipped; what is installed has to take every file.
"""

import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
failed = []

try:
    import stix2
except ImportError:
    print("SKIPPED: stix2 is not installed")
else:
    count = 0
    for path in sorted(folder.glob("*.stix.json")):
        for thing in json.loads(path.read_text())["objects"]:
            try:
                read = stix2.parse(thing, allow_custom=False)
            except Exception as problem:  # whatever it is, it is a refusal
                failed.append(f"stix2: {path.name} {thing['id']}: {problem}")
                continue
            if read["id"] != thing["id"]:
                failed.append(f"stix2: {path.name}: another identifier")
            count += 1
    print(f"stix2 {stix2.__version__}: {count} objects read")

try:
    import case_utils.case_validate as case_validate
except ImportError:
    print("SKIPPED: case-utils is not installed")
else:
    for path in sorted(folder.glob("*.case-uco.json")):
        result = case_validate.validate(str(path), abort_on_first=False)
        if not result.conforms:
            failed.append(f"case-utils: {path.name}: {result.text}")
        undefined = sorted(str(concept) for concept in result.undefined_concepts)
        if undefined:
            failed.append(f"case-utils: {path.name}: unknown terms {undefined}")
    print("case-utils: read")

try:
    import feedparser
except ImportError:
    print("SKIPPED: feedparser is not installed")
else:
    feed = feedparser.parse(str(folder / "feed.atom"))
    if feed.bozo or feed.version != "atom10" or not feed.entries:
        failed.append(f"feedparser: {feed.get('bozo_exception')}")
    print(f"feedparser {feedparser.__version__}: {len(feed.entries)} entries")

for line in failed:
    print(line, file=sys.stderr)
sys.exit(bool(failed))
