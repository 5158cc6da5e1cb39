"""Customers whose orders are edge cases of the marts' rules. generate.py adds them after the customers of world.sql."""

from typing import NamedTuple


class Order(NamedTuple):
    order_date: str
    status: str
    product_name: str
    payments: list[tuple[str, int]]


class Customer(NamedTuple):
    case: str
    first_name: str | None
    last_name: str | None
    orders: list[Order]


def order(order_date: str, product_name: str, status: str = "completed", **cents: int | tuple[int, ...]) -> Order:
    """An order with the cents of each payment method; a tuple is several payments by one method."""
    payments = [
        (method, amount)
        for method, amounts in cents.items()
        for amount in (amounts if isinstance(amounts, tuple) else (amounts,))
    ]
    return Order(order_date, status, product_name, payments)


def twin(first_name: str) -> Customer:
    return Customer(
        "equal in recency, frequency and money",
        first_name,
        "Twin",
        [
            order("2024-06-12", "Travel Mug", credit_card=2200),
            order("2025-06-12", "Travel Mug", bank_transfer=2200),
        ],
    )


EDGE_CASES = [
    Customer("never ordered", "Nils", "Andersen", []),
    Customer("never ordered, has no name", None, None, []),
    Customer("has spaces around the name", "  Ana ", " de la Cruz  ", []),
    Customer(
        "has only orders that have not arrived yet",
        "Pat",
        "Placed",
        [
            order("2025-12-30", "Pre-order Kettle", "placed"),
            order("2025-12-31", "Pre-order Kettle", "shipped", credit_card=9900),
        ],
    ),
    Customer(
        "returned all orders; nobody else bought the product",
        "Remi",
        "Retour",
        [
            order("2025-04-07", "Wobbly Tripod", "returned", credit_card=3100),
            order("2025-12-19", "Wobbly Tripod", "return_pending", bank_transfer=3100),
        ],
    ),
    Customer(
        "returned the first order, but not the second",
        "Sunniva",
        "Second",
        [
            order("2024-03-04", "Coffee Scale", "returned", credit_card=4500),
            order("2024-07-09", "Burr Grinder", credit_card=10000),
        ],
    ),
    Customer(
        "completed orders without payments: successful, but the orders and the product have no revenue",
        "Gratia",
        "O'Zero",
        [
            order("2025-05-06", "Free Sample Sachet"),
            order("2025-05-20", "Free Sample Sachet", coupon=0),
        ],
    ),
    Customer(
        "two and three payments for an order, two of them by the same method",
        "Mika",
        "Many",
        [
            order("2025-01-14", "Espresso Machine", credit_card=(20000, 10000), gift_card=14900),
            order("2025-02-11", "Gooseneck Kettle", bank_transfer=4000, credit_card=3900),
            order("2025-02-12", "French Press", coupon=500, gift_card=1500, credit_card=3000),
        ],
    ),
    Customer(
        "a coupon of 0 makes an order promotional, also above the threshold and at a weekend",
        "Coco",
        "Coupon",
        [
            order("2025-03-04", "Burr Grinder", coupon=0, credit_card=10000),
            order("2025-03-08", "Travel Mug", gift_card=0, credit_card=2200),
            order("2025-03-11", "Travel Mug", gift_card=2200),
        ],
    ),
    Customer(
        "at, just under and just over the threshold of 100.00, on working days and at a weekend",
        "Thea",
        "Threshold",
        [
            order("2025-09-01", "Burr Grinder", credit_card=10000),
            order("2025-09-02", "Burr Grinder", credit_card=9999),
            order("2025-09-03", "Burr Grinder", bank_transfer=6000, credit_card=4001),
            order("2025-09-05", "French Press", bank_transfer=4000, credit_card=6000),
            order("2025-09-06", "Burr Grinder", credit_card=10000),
            order("2025-09-07", "Burr Grinder", bank_transfer=10000),
        ],
    ),
    Customer(
        "three orders on the first day, the first of them returned",
        "Dana",
        "Day",
        [
            order("2024-10-15", "Milk Frother", "returned", credit_card=3900),
            order("2024-10-15", "Stoneware Cup Set", credit_card=3400),
            order("2024-10-15", "Paper Filters (100)", bank_transfer=650),
        ],
    ),
    Customer(
        "newer orders have smaller ids: sorted by date, not by id",
        "Ida",
        "Latecomer",
        [
            order("2025-08-20", "Decaf Beans 500 g", credit_card=1500),
            order("2024-08-20", "Decaf Beans 500 g", credit_card=3000),
        ],
    ),
    Customer(
        "ends of months: 31 January to 1 February is one calendar month, 1 to 29 February none",
        "Emil",
        "End",
        [
            order("2024-01-31", "House Blend Beans 1 kg", credit_card=2400),
            order("2024-02-01", "House Blend Beans 1 kg", credit_card=2400),
            order("2024-02-29", "House Blend Beans 1 kg", credit_card=2400),
            order("2024-12-31", "House Blend Beans 1 kg", credit_card=2400),
            order("2025-01-01", "House Blend Beans 1 kg", credit_card=2400),
            order("2025-02-28", "House Blend Beans 1 kg", credit_card=2400),
        ],
    ),
    Customer(
        "away for 22 months",
        "Gap",
        "Ünlü",
        [
            order("2024-01-01", "Stovetop Percolator", credit_card=6500),
            order("2025-11-03", "Winter Roast 500 g", bank_transfer=1800),
        ],
    ),
    Customer(
        "first order in the last month, which is not over; two products tie in revenue",
        "Newt",
        "December",
        [
            order("2025-12-29", "Postcard Set North", credit_card=1200),
            order("2025-12-29", "Postcard Set South", credit_card=1200),
            order("2025-12-31", "Travel Mug", bank_transfer=2200),
        ],
    ),
    *[twin(name) for name in ("Una", "Duo", "Tria", "Quad", "Quin")],
]
