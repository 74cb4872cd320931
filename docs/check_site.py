"""Checks what a visitor of the built site would see, as `make docs` does.

    python docs/check_site.py build/site

Fails where a page shows an example as text or as nested quotations, which is what
becomes of `>>>` outside of code, where it names a picture or a sound that is not there,
and where it loads something from another host.
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

# Elements that have no end tag.
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"}
VOID |= {"source", "track", "wbr"}
CODE = {"code", "pre", "script", "style"}
LOADED = {
    "audio": "src",
    "img": "src",
    "link": "href",
    "script": "src",
    "source": "src",
}


class Page(HTMLParser):
    """Collects the faults of one page.

    Args:
        path: The HTML file.
    """

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.open = []
        self.faults = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        if tag == "blockquote" and "blockquote" in self.open:
            self.fault("must not nest quotations: put the example into a fence")
        if tag not in VOID:
            self.open.append(tag)
        attributes = dict(attrs)
        address = attributes.get(LOADED.get(tag, ""))
        if address and attributes.get("rel") not in ("canonical", "next", "prev"):
            self.check_address(address)

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data):
        if ">>>" in data and not CODE.intersection(self.open):
            self.fault(f"must show examples as code. Received: {data.strip()[:60]!r}")

    def check_address(self, address):
        url = urlsplit(address)
        if url.scheme == "data":
            return
        if url.netloc:
            self.fault(f"must load nothing from elsewhere. Received: {address!r}")
        elif not address.startswith("/") and not (self.path.parent / url.path).exists():
            self.fault(f"must name files that are there. Received: {address!r}")

    def fault(self, text):
        self.faults.append(f"{self.path}:{self.getpos()[0]}: a page {text}")


def faults(site):
    """Returns the faults of all pages below a folder, one line each."""
    return [
        fault for path in sorted(site.rglob("*.html")) for fault in Page(path).faults
    ]


def main(arguments):
    if len(arguments) != 1 or not (Path(arguments[0]) / "index.html").is_file():
        sys.exit("usage: python docs/check_site.py SITE, the folder of index.html")
    if found := faults(Path(arguments[0])):
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main(sys.argv[1:])
