"""What makes a string an attack of a family, by its content alone.

A corpus says what its authors meant; these rules say what an analyst can see. A string that no
rule takes is harmless alone (a fuzz token, a bare word, a mark to be filled in) and is no attack.
The rules read the text with its percent-encoding undone and in lower case.
"""

from __future__ import annotations

import re
from typing import Final


def _rule(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{alternative})" for alternative in alternatives), re.S)


_COMMAND = (
    r"(?:cat|ls|id|dir|type|net|netsh|netstat|ping|wget|curl|nc|ncat|uname|whoami|ifconfig|ipconfig"
    r"|sleep|echo|rm|ps|pwd|nslookup|perl|python3?|php|ruby|bash|sh|cmd(?:\.exe)?|powershell|phpinfo"
    r"|systeminfo|which|chmod|kill|telnet|ftp|tftp|mail|reboot|shutdown|timeout|head|tail|more|less"
    r"|find|grep|env|set|w|who|uptime|xterm|route|arp|nmap|print|reg|copy|del|touch|mkdir|usr|bin|ver)"
)
_SYSTEM_FILE = (
    r"etc.{1,30}(?:passwd|shadow|issue|hosts|group|motd|crontab|resolv|inetd|apache|httpd|fstab)"
    r"|boot\.ini|win\.ini|system\.ini|windows.{1,30}(?:system32|win)|winnt.{1,9}(?:system32|repair|win)"
    r"|proc\W(?:self|\d+|version|cmdline|net)|web-inf\W|meta-inf\W|php\.ini|\.htpasswd|httpd\.conf"
    r"|(?:access|error)[._]log|autoexec\.bat|(?:config|database|passwords?)\.(?:sys|inc|php|yml|txt|dat)"
)

RULES: Final[dict[str, re.Pattern[str]]] = {
    "jndi": _rule(r"\$\{(?:jndi:|\$\{|lower:|upper:|env:|sys:|::-)"),
    "xxe": _rule(
        r"<!doctype[^>]*(?:\[[^\]]*<!|system)", r"<!entity", r"<xi:include", r"<xsl:[^>]*document\("
    ),
    "ssi": _rule(r"<!--\s*#\s*(?:exec|include|echo|printenv|set|config|fsize|flastmod)", r"<esi:"),
    "deserialisation": _rule(
        r"(?:^|[;{|])[oc]:\+?\d+:\"[\w\\]+\":\d+:\{",
        r"^ro0ab",
        r"aced0005",
        r"!!python/",
        r"\"@type\":",
    ),
    "crlf": _rule(
        r"[\r\n嘊嘍]\s*(?:set-cookie|location|content-type|content-length|x-[\w-]+|refresh|bcc|cc)\s*:",
        r"[\r\n]+\s*http/1\.\d \d{3}",
        r"[\r\n][\w-]+\s*:.*[\r\n]\s*[\r\n]+\s*<",
    ),
    "code": _rule(
        r"<\?(?:php|=|\s)|<%[=@]?.*%>",
        r"\$\{@?(?:print|phpinfo|system|eval)|\$_(?:get|post|request|cookie|server)\s*\[",
        r"\b(?:phpinfo|shell_exec|passthru|proc_open|popen|base64_decode|call_user_func|assert)\s*\(",
        r"\b(?:eval|system|exec)\s*\(\s*['\"`$(\w].*\)",
        r"#_memberaccess|java\.lang\.|getruntime\(|\.forname\(|class\.module\.classloader",
        r"require\s*\(\s*['\"]child_process|process\.mainmodule|__proto__|__import__\s*\(",
        r"invokefunction|allow_url_include|auto_prepend_file",
        r"\bprint\s*\(?\s*(?:md5|`)|\{\$\{|\$_=",
    ),
    "ssti": _rule(
        r"\{\{.*(?:\d\s*\*\s*\d|__|config|self|request|_self|\|\s*\w+|\().*\}\}",
        r"[#$@%*]\{\s*\d+\s*\*\s*\d+\s*\}|<%=\s*\d+\s*\*\s*\d+",
        r"\{%.*%\}|<#assign|freemarker|#set\s*\(\$|\{php\}",
    ),
    "xss": _rule(
        r"<\s*/?(?:script|svg|iframe|object|embed|applet|meta|base|link|isindex|xss)\b.*[=(/]",
        r"<scr.{0,40}ipt|<\w+:?script",
        r"<[a-z!?][^>]{0,900}?[\s/\"'`\x00-\x20]on[a-z]{3,24}\s*=",
        r"[\"'`\s/]on[a-z]{3,24}\s*=\s*[\"'`]?\s*(?:javascript|alert|prompt|confirm|eval|\w+\(|&#)",
        r"j\s*a\s*v\s*a\s*s\s*c\s*r\s*i\s*p\s*t\s*(?::|&colon|&#)",
        r"vbscript:|livescript:|data:text/html",
        r"(?:alert|prompt|confirm)\s*(?:\(|`|&lpar|&#40)\s*[^\s)]",
        r"document\s*\.\s*(?:cookie|domain|location|write)",
        r"(?:expression|fromcharcode|settimeout|eval|execscript)\s*\(",
        r"-moz-binding|behavior\s*:\s*url|xlink:href|formaction|srcdoc|&#x?0*(?:6a|74|106);?&#",
        r"<style[^>]*>.*(?:@import|url\()|<[a-z]+[^>]*\sstyle\s*=[^>]*(?:url|import|expression)",
        r"[+\-]adw-|&lt;script|\\x3cscript|\\u003cscript|\xbcscript",
        r"constructor\.constructor|(?:window|self|top|this)\[",
    ),
    "cmdi": _rule(
        r"\(\)\s*\{\s*(?::|_)",
        rf"(?:[;|`\n^]|&&)\s*[\"'(]*(?:/(?:usr/)?s?bin/)?{_COMMAND}(?![\w=\[:-])",
        rf"&\s*{_COMMAND}\s+[-/\w'\"]",
        rf"\$\(\s*{_COMMAND}\b|`[^`]*{_COMMAND}\b[^`]*`|<\(\s*{_COMMAND}|\$\{{ifs\}}",
        r"/(?:usr/)?s?bin/(?:id|cat|ls|sh|bash|wget|curl|echo|perl|ping|uname|nc|tftpd?|kill|sleep)\b",
        r"\bcmd(?:\.exe)?\s+/c|xp_cmdshell|powershell\s+-|/dev/tcp/",
        r"^\W*(?:cat|ls|dir|type|more|head|tail)\s+(?:-\w+\s+)?(?:/(?:etc|var|home|tmp|root|bin|usr)|[a-z]:\\)",
        r"^\W*(?:ping|wget|curl|nc|perl|python|net|netsh|netstat|reg|chmod|rm|nslookup|telnet)\s+(?:[-/]\w|https?:|user\b|view\b|localgroup\b|firewall\b)",
    ),
    "traversal": _rule(
        r"(?:\.\.+[/\\]+){2}|\.\.[/\\]+\.*[/\\]*\.\.[/\\]",
        rf"(?:\.\.|2e|[\udc80-\udcff．]|%[0-9a-z]{{2}}|\\\\|//).*(?:{_SYSTEM_FILE})",
        r"^(?:[a-z]:)?[/\\](?:etc|proc|root|private[/\\]etc|windows|winnt|boot)[/\\].",
        r"^(?:[a-z]:)?[/\\]var[/\\](?:log|www|lib|adm|run|mail|spool|apache)[/\\].",
        r"^(?:[a-z]:)?[/\\]?(?:usr[/\\]local|opt|xampp|program files|volumes|apache\d?|home\d?)"
        r"[/\\].*\.(?:conf|ini|log|cnf|xml|inc|php)",
        r"^(?:[a-z]:)?[/\\](?:web-inf|boot\.ini|inetpub)|^/.*/(?:access|error)_log$",
        r"(?:php|zip|phar|expect|glob|compress\.\w+)://|^file:/",
        r"\.\.[/\\].*(?:\x00|\.(?:php|conf|ini|log|asp|inc|cfg|xml|bat|exe)\b)",
    ),
    "rfi": _rule(
        r"=\s*(?:https?|ftps?|smb):/?/?[^\s&]+(?:\?|\x00|\.(?:txt|php\d?|phtml|gif|jpg|inc|dat|log|ini|aspx?|jsp))",
    ),
    "ldap": _rule(r"\*\(\||\*\)+\(|\)\([&|!](?:\($|\(?[\w*]|$)"),
    "sqli": _rule(
        r"\bunion\b.{0,60}\bselect",
        r"(?:sleep|benchmark|pg_sleep|extractvalue|updatexml|randomblob|load_file|xmltype|generate_series)\s*\(",
        r"waitfor\W+delay|dbms_\w+\.|utl_\w+\.|information_schema|\bsys(?:objects|columns|users|databases)\b",
        r"@@(?:version|servername|hostname|datadir)|\bxp_\w+|\bsp_(?:addlogin|addsrv|configure|password|oacreate)",
        r"\bselect\b.{1,300}\bfrom\b|\bselect\s*\(|\bselect\b.{0,20}[@(]",
        r"\b(?:insert\s+into|delete\s+from|drop\s+(?:table|database)|create\s+(?:user|table)|alter\s+(?:table|user)|truncate\s+table)\s+\S",
        r"\bupdate\b.{1,80}\bset\b.{1,80}=|\bgrant\s+connect\b|\bexec\b.{0,30}(?:master|immediate|\(@|xp_|sp_)|\bdeclare\s+@",
        r"['\"`)\d\s/*]\s*(?:\b(?:or|and|xor|having|rlike|like|where)\b|\|\||&&|!|x?or)\W*(?:not\s+)?['\"(\w@!~.]+\s*(?:=|<|>|like|between|in\b|is\b|regexp|rlike|\|\|)\s*\S",
        r"['\"`)\d]\s*(?:\|\||&&|\bor\b|\band\b|\bor\w?\b)\s*\S.*(?:--|#|/\*|;|['\"]\s*$)",
        r"['\"`]\s*\)*\s*(?:--|#|/\*|;\s*--)|['\"]\s*=\s*['\"]|['\"]\s*like\s*['\"]",
        r"\b(?:iif|make_set|elt|regexp_substring|crypt_key|json_keys|gtid_subset)\s*\(\s*[\w(]",
        r"(?:order|group)\s+by\s+[\d,\s]+(?:--|#|/\*|$)|\bhaving\s+\d+\s*=\s*\d+|procedure\s+analyse",
        r"\b(?:and|or|where)\s*\(?\s*\(*\s*(\d+)\s*\)*\s*(?:=|like|>|<|between)\s*\(*\s*\d+",
        r"\b(?:and|or|where)\s.*(?:\bcase\s+when\b|\bselect\b|char\(|chr\(|ascii\(|substring|elt\(|make_set\(|iif\()",
        r"^\W*\(?select\b.*\bcase\b|\bin\s+boolean\s+mode\b|\bcase\s+when\b.*\bthen\b.*\belse\b|0x[0-9a-f]{16,}.*(?:exec|union)",
        r";\s*(?:shutdown|drop|exec|select|insert|update|delete|declare|if)\b",
    ),
}
"""Family → the syntax that shows it; families in the order in which they are tried."""


_PLAIN_TO_SEE: Final = ("jndi", "xxe", "ssi", "deserialisation")
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.S)


def family_of(plain: str, hint: str | None = None) -> str | None:
    """Returns the family whose syntax `plain` shows, None when it shows none.

    Args:
        plain: text with its percent-encoding undone, in lower case.
        hint: the family that the corpus names; it is kept when its own rule holds and no rule that
            cannot mislead says otherwise. A list of markup is never taken for SQL.
    """
    for family in _PLAIN_TO_SEE:
        if RULES[family].search(plain):
            return family
    bare = _COMMENT.sub(" ", plain)
    tried = RULES if hint != "xss" else {name: RULES[name] for name in ("xss", "code", "ssti")}
    for name in ((hint,) if hint in RULES else ()) + tuple(tried):
        if RULES[name].search(plain) or RULES[name].search(bare):
            return name
    return None


SENSITIVE_PATH: Final = _rule(
    r"/\.(?:env|git(?:/|$|config|-credentials)|svn|hg|bzr|aws|ssh|docker|htpasswd|htaccess|ds_store|npmrc|netrc|bash_history|mysql_history|my\.cnf|pgpass|idea|vscode|kube)",
    r"\.(?:bak|backup|old|orig|save|swp|swo|sql|sql\.gz|dump|mdb|pem|key|pfx|inc~)$|~$|\.(?:php|asp|aspx|jsp|cfm|inc|conf)\.(?:txt|\d|bak\w*|old|inc|copy)$",
    r"/(?:wp-config|config(?:uration)?\.inc|web\.config|global\.asa|htpasswd|passwd|passwords?|shadow|id_rsa|credentials|secrets?|users?|admin|accounts?)(?:\.(?:txt|csv|dat|log|xml|db|xls|mdb|cfg|conf|pwd|lst|sql|ini|inc|php\.\w+))$",
    r"/(?:web-inf|meta-inf)/|/_vti_(?:pvt|cnf)/|/_vti_bin/(?:_vti_aut|shtml|fpcount|owssvr)|/cvs/(?:entries|root|repository)|/server-(?:status|info)|/(?:php|mysql|sql|my)-?admin\b.*/(?:main|setup|config|index|scripts)",
    r"/(?:jmx-console|web-console|invoker|axis2?-admin|balancer-manager|host-manager|manager/(?:html|text|status))\b|/actuator/(?:env|heapdump|threaddump|trace|httptrace|dump|configprops|mappings|beans|loggers|logfile|jolokia|shutdown|auditevents|sessions)$|^/(?:heapdump|jolokia|threaddump|configprops|httptrace)$",
    r"/(?:phpinfo|php_info|pinfo|test-cgi|printenv|nph-test-cgi|env\.cgi)(?:\.\w+)?$|/(?:access|error|debug|sql|php_errors?|install)[._]log$",
    r"/(?:etc|proc)/(?:passwd|shadow|group|hosts|self|version)|/(?:c99|r57|cmd|shell|cmdasp|webshell|backdoor)\.(?:php\d?|asp|aspx|jsp|pl|cgi)$|/cmd\.exe|/root\.exe",
)
"""Paths, in lower case and from the root, that no ordinary client asks for."""
