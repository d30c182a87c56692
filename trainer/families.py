"""The families of attack that the model names: the whole set, in the order that a bundle keeps."""

from __future__ import annotations

from typing import Final

MEANINGS: Final[dict[str, str]] = {
    "sqli": "SQL that a database would run: boolean, union, time, error and stacked queries",
    "xss": "markup or script that a browser would run",
    "traversal": "a path that climbs out of its folder or names a system file; file inclusion",
    "rfi": "a remote file for the server to include as code",
    "cmdi": "a command for the server's shell",
    "code": "PHP, Java (OGNL, SpEL), Node, Ruby, Python or Perl for the server to evaluate",
    "ssti": "an expression for a template engine: Jinja, Twig, Freemarker, Velocity, ERB, …",
    "xxe": "an XML document whose entities or stylesheets read files or call out",
    "ldap": "an LDAP filter that breaks out of its place",
    "xpath": "an XPath expression that breaks out of its place",
    "nosql": "operators or script for MongoDB, CouchDB, Elasticsearch or Redis",
    "jndi": "a JNDI lookup as Log4j resolves it",
    "crlf": "line breaks that add headers, split a response or reach a mail or log protocol",
    "ssrf": "a URL that makes the server call inside its own network or by an odd scheme",
    "ssi": "a server-side or edge-side include directive",
    "deserialisation": "a serialised object that runs code when read",
    "webshell": "a visit to a planted shell or backdoor",
    "probe": "a request for a sensitive file: secrets, backups, version control, consoles",
}
"""Family name → one line on what belongs to it."""

FAMILIES: Final = tuple(MEANINGS)
"""Their names."""
