"""Pages a large collection with OASIS' taxii2-client while another process adds to it, and posts with an account.

Usage: taxii_client.py URL COLLECTION COUNT USER PASSWORD GROWING
COUNT objects were there at the start. As long as the file GROWING exists, the collection grows.
"""

import os
import sys

from taxii2client.v21 import Collection, Server, as_pages

PER_REQUEST = 1000


def named(server, alias, **account):
    """The collection of that alias, as this asker sees it."""
    (root,) = server.api_roots
    (found,) = [c for c in root.collections if c.alias == alias]
    return Collection(found.url, **account)


def number(item):
    return int(item["id"].split("--")[1][:8], 16)


def check(what, items, count):
    """Complete, in order, none twice."""
    numbers = [number(item) for item in items]
    assert len(set(numbers)) == len(numbers), f"{what}: something came twice"
    assert numbers[:count] == list(range(count)), f"{what}: incomplete or out of order"
    assert numbers == list(range(len(numbers))), f"{what}: what came later is out of order"
    print(f"{what}: {len(numbers)} in order, {len(numbers) - count} of them added meanwhile")
    return len(numbers)


def pages(func, **filters):
    found = []
    for page in as_pages(func, per_request=PER_REQUEST, **filters):
        found.extend(page.get("objects", []))
    return found


def main(url, alias, count, user, password, growing):
    collection = named(Server(url), alias)
    grew = 0
    while True:
        last_round = not os.path.exists(growing)
        grew = max(grew, check("objects", pages(collection.get_objects), count))
        check("manifest", pages(collection.get_manifest), count)
        if last_round:
            break
    assert grew > count, "nothing was added while paging"

    # The tail alone, by the moment of an object that is there.
    lines = collection.get_manifest(limit=10)["objects"]
    tail = collection.get_objects(added_after=lines[4]["date_added"], limit=3)["objects"]
    assert [number(o) for o in tail] == [5, 6, 7], tail
    one = collection.get_object(lines[4]["id"])
    assert [o["id"] for o in one["objects"]] == [lines[4]["id"]]
    assert collection.object_versions(lines[4]["id"])["versions"] == [lines[4]["version"]]

    member = named(Server(url, user=user, password=password), "claims", user=user, password=password)
    assert member.can_write and not named(Server(url), "claims").can_write
    tool = {
        "type": "tool", "spec_version": "2.1", "id": "tool--00000001-0000-4000-8000-000000000000",
        "created": "2020-01-01T00:00:00.000Z", "modified": "2020-01-01T00:00:00.000Z", "name": "a tool",
    }
    status = member.add_objects({"objects": [tool, dict(tool, name=5)]}, wait_for_completion=True, poll_interval=0.1)
    assert (status.status, status.success_count, status.failure_count) == ("complete", 1, 1), status
    assert member.get_objects()["objects"] == [tool]
    member.delete_object(tool["id"])
    assert member.get_objects() == {}
    print("done")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:7])
