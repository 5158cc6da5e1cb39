"""The shop's paid campaigns, which the ad platforms report and touches refer to."""

from datetime import date
from typing import NamedTuple


class Campaign(NamedTuple):
    campaign_id: str
    campaign_name: str
    platform: str
    channel: str  # as in touchpoints.channel
    flights: tuple[tuple[date, date], ...]  # first and last day of each period in which it ran


def flight(first: str, last: str) -> tuple[date, date]:
    return (date.fromisoformat(first), date.fromisoformat(last))


CAMPAIGNS = [
    Campaign("meta-1001", "Prospecting Video", "meta_ads", "paid_social", (flight("2024-03-01", "2024-06-30"), flight("2025-07-01", "2025-12-31"))),
    Campaign("meta-1002", "Retargeting Carousel", "meta_ads", "paid_social", (flight("2024-10-01", "2025-03-31"), flight("2025-10-01", "2025-12-31"))),
    Campaign("meta-1003", "Gift Season", "meta_ads", "paid_social", (flight("2024-11-01", "2024-12-24"), flight("2025-11-01", "2025-12-24"))),
    Campaign("gads-2001", "Search Brand", "google_ads", "paid_search", (flight("2024-01-01", "2024-07-31"), flight("2025-05-01", "2025-12-31"))),
    Campaign("gads-2002", "Search Generic Beans", "google_ads", "paid_search", (flight("2024-09-01", "2025-02-28"), flight("2025-09-01", "2025-12-31"))),
    Campaign("li-3001", "Office Coffee", "linkedin_ads", "paid_social", (flight("2024-05-06", "2024-08-30"), flight("2025-09-01", "2025-12-31"))),
    Campaign("msads-4001", "Bing Search", "microsoft_ads", "paid_search", (flight("2024-02-01", "2024-04-30"), flight("2025-06-01", "2025-12-31"))),
    Campaign("aff-5001", "Coffee Bloggers", "affiliate_network", "affiliate", (flight("2025-01-01", "2025-12-31"),)),
]
