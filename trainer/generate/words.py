"""Small word lists and the values made of them: names, addresses, identifiers."""

from __future__ import annotations

import string
from base64 import b64encode, urlsafe_b64encode
from random import Random

from trainer.generate.grammar import Rules


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NOUNS = _words("""
anchor apron atlas bag ball bandana basket belt bench bicycle blanket blazer blouse board
book boot bottle bowl bracelet brush bucket button cable camera candle cap card carpet case chair
charger clock cloth coat comb compass cooker cup curtain cushion desk dish door dress drum earring
engine fan feather film filter flag flask fork frame garden garment glass glove guitar hammer
handbag harness hat headphone heater helmet hinge hook jacket jar jeans jigsaw jumper kettle key
kite knife label lace ladder lamp lantern laptop leaf lens letter lock loom magnet map mask mat
mirror mitten mug nail napkin necklace needle net notebook oven paddle paint pan paper parcel pen
pencil phone piano picture pillow pin pipe plate plug pocket poster pot printer pump purse puzzle
quilt rack radio ring robe rope rug ruler saddle sandal saw scarf scissors screen seat shelf shirt
shoe shovel sink skirt soap sock sofa spade speaker spoon stamp stand stool stove strap string suit
sweater switch table tablet tape tent thread tie tile toaster tool towel toy tray trousers trunk
tube tumbler umbrella vase vest wallet watch wheel whistle window wire wool wrench yarn zip
""")

ADJECTIVES = _words("""
amber blue bold brass bright brown classic compact copper cotton crimson curved dark
double dry elastic empty fine flat floral folding free fresh garden golden grand green grey hand
heavy hollow indigo iron large lean leather light linen little long low matte mini modern narrow
navy new oak olive open outdoor oval pale pink plain pocket portable purple quick quiet rapid red
round royal rustic sharp short silent silk silver simple slim small smart smooth soft solid spare
square steel striped sturdy summer tall thick thin tidy tiny travel vintage warm waterproof white
wide wild winter wooden woollen yellow young
""")

FIRST_NAMES = _words("""
Ada Aisha Alan Alice Amir Ana Andre Anna Anton Arlo Ben Bella Boris Carl Carla Chen
Clara Dan Dana David Dina Elif Ella Emil Emma Erik Eva Farid Felix Fiona Frank George Gina Grace
Hana Hans Hugo Ida Igor Ines Ivan Jack Jane Jin Joan John Jonas Julia Kai Karl Kate Lara Lena Leo
Liam Lina Lucy Luis Maja Marc Maria Mark Max Mia Michele Mina Nadia Nils Nina Noah Nora Olga Oscar
Otto Pablo Paul Petra Priya Ravi Rita Rosa Ruth Sam Sara Sean Sofia Sven Tara Theo Tim Tom Uma Vera
Victor Wei Will Yara Yusuf Zoe
""")

SURNAMES = _words("""
O'Reilly O'Brien O'Neill O'Hara O'Connor O'Dowd D'Angelo D'Souza D'Amico L'Heureux
N'Diaye Anders Archer Baker Becker Bergström Brown Byrne Castillo Chan Clark Cohen Cooper Costa
Dupont Evans Fischer Fletcher Fuentes García Gupta Haas Hansen Hughes Ivanova Jansen Jensen Jones
Kaya Keller Khan Kim Kowalski Larsen Lee Lindqvist López Mason Meyer Miller Moreau Müller Murphy
Nakamura Nguyen Novák Okafor Olsen Park Patel Pereira Popescu Ramos Rossi Sato Schmidt Silva Singh
Smith Taylor Turner Union Selecky Weber West Wright Young Zhang
""")

CITIES = _words("""
Accra Antwerp Athens Bari Bergen Bilbao Boston Bremen Brno Cairo Cardiff Chennai Cork
Dallas Delhi Dublin Essex Ghent Graz Hanoi Helsinki Izmir Kraków Lagos Leeds Lima Lisbon Lyon
Madrid Malmö Nairobi Nantes Osaka Oslo Porto Prague Quito Riga Rome Seoul Sofia Tallinn Tunis Turin
Utrecht Valencia Vienna Warsaw York Zürich
""")

STREETS = _words("""
Abbey Bridge Castle Chapel Church Cross Drop Elm Ferry Field Garden Grove Harbour High
Hill King's Lake Market Mill Oak Orchard Park Queen's Quay River St. Station Table Temple Union
Victoria Water Well Where Wood
""")

OTHER_SCRIPTS = (
    "красные туфли",
    "зимняя куртка размер 44",
    "доставка в понедельник",
    "蓝色 夹克",
    "儿童 自行车 特价",
    "请周三送货",
    "حقيبة جلدية",
    "سجادة صوف كبيرة",
    "größere Tischdecke für draußen",
    "où est ma commande ?",
    "¿cuánto cuesta el envío?",
    "Zażółć gęślą jaźń",
    "ράφι για βιβλία",
    "ニットの帽子",
    "겨울 장갑",
    "I ❤️ it 😀👍",
    "5★ – très bien!",
)

_TOP_LEVEL = ("com", "net", "org", "io", "dev", "co.uk", "de", "fr", "example", "test", "info")
_ALPHANUMERIC = string.ascii_letters + string.digits


def noun(rng: Random) -> str:
    """Draws a thing: cushion."""
    return rng.choice(NOUNS)


def adjective(rng: Random) -> str:
    """Draws a property: striped."""
    return rng.choice(ADJECTIVES)


def name(rng: Random) -> str:
    """Draws a made-up word of one to four syllables: bravoti."""
    syllables = (
        rng.choice("bcdfghjklmnprstvwz") + rng.choice(("a", "e", "i", "o", "u", "ar", "en", "ou"))
        for _ in range(rng.randint(1, 4))
    )
    return "".join(syllables)


def token(rng: Random) -> str:
    """Draws an opaque identifier of 4 to 40 characters: hex, base64, alphanumeric."""
    data = rng.randbytes(rng.randint(4, 20))
    kind = rng.randrange(4)
    if kind == 0:
        return data.hex()
    if kind == 1:
        return b64encode(data).decode()
    if kind == 2:
        return urlsafe_b64encode(data).decode().rstrip("=")
    return "".join(rng.choice(_ALPHANUMERIC) for _ in range(len(data)))


def uuid(rng: Random) -> str:
    """Draws a UUID."""
    digits = rng.randbytes(16).hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def number(rng: Random) -> str:
    """Draws a whole number, small ones more often."""
    return str(rng.randrange(10 ** rng.randint(1, 7)))


def address(rng: Random) -> str:
    """Draws an IPv4 address from the blocks kept for documentation (RFC 5737)."""
    return f"{rng.choice(('192.0.2', '198.51.100', '203.0.113'))}.{rng.randint(1, 254)}"


def domain(rng: Random) -> str:
    """Draws a host name."""
    label = rng.choice((name, noun, adjective))(rng) + rng.choice(("", "", "-" + name(rng), "24"))
    return rng.choice(("", "", "www.", "cdn.", "api.")) + f"{label}.{rng.choice(_TOP_LEVEL)}"


def host(rng: Random) -> str:
    """Draws a host as URLs name it, at times with a port."""
    where = address(rng) if rng.random() < 0.3 else domain(rng)
    return where + (f":{rng.choice((80, 443, 3000, 8000, 8080))}" if rng.random() < 0.2 else "")


def slug(rng: Random) -> str:
    """Draws a few words joined as paths join them."""
    parts = [rng.choice((noun, adjective, noun, name))(rng) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.2:
        parts.append(number(rng))
    return rng.choice("--_.").join(parts)


def user(rng: Random) -> str:
    """Draws a user name."""
    first = rng.choice((rng.choice(FIRST_NAMES), name(rng), noun(rng)))
    return rng.choice((first, first.lower(), first.upper(), str(rng.randint(1, 99)) + first)) + (
        rng.choice(("", str(rng.randint(1, 2020)), "_" + name(rng), "." + name(rng)))
    )


RULES: Rules = {
    "noun": noun,
    "adj": adjective,
    "name": name,
    "token": token,
    "uuid": uuid,
    "int": number,
    "ip": address,
    "host": host,
    "domain": domain,
    "slug": slug,
    "user": user,
    "digit": tuple("0123456789"),
    "first": FIRST_NAMES,
    "last": SURNAMES,
    "city": CITIES,
    "street": STREETS,
    "other_script": OTHER_SCRIPTS,
}
"""What every grammar of the generator can draw on."""
