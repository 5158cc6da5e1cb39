"""Faults of sources, each as the SQL statement that plants it. The shipped files have no faults."""

ONE_ORDER = "(select min(id) from dbt_production.orders where status = 'completed')"
ONE_PAYMENT = "(select min(id) from dbt_production.payments where amount > 0)"


def _copy(table: str, changes: str = "") -> str:
    replace = f"replace ({changes})" if changes else ""
    newest = f"select * {replace} from dbt_production.{table} order by id desc nulls last limit 1"
    return f"insert into dbt_production.{table} {newest}"


def _change(table: str, row: str, change: str) -> str:
    return f"update dbt_production.{table} set {change} where id = {row}"


FAULTS = {
    "duplicate-customer": _copy("customers"),
    "duplicate-order": _copy("orders"),
    "duplicate-payment": _copy("payments"),
    "missing-customer-key": _copy("customers", "null as id"),
    "missing-order-key": _copy("orders", "null as id"),
    "missing-payment-key": _copy("payments", "null as id"),
    "orphan-order": _change("orders", ONE_ORDER, "user_id = 999999999"),
    "orphan-payment": _change("payments", ONE_PAYMENT, "order_id = 999999999"),
    "negative-amount": _change("payments", ONE_PAYMENT, "amount = -amount"),
    "missing-amount": _change("payments", ONE_PAYMENT, "amount = null"),
    "missing-date": _change("orders", ONE_ORDER, "order_date = null"),
    "missing-product": _change("orders", ONE_ORDER, "product_name = null"),
    "missing-user": _change("orders", ONE_ORDER, "user_id = null"),
    "future-date": _change("orders", ONE_ORDER, "order_date = date '2099-01-01'"),
    "unknown-status": _change("orders", ONE_ORDER, "status = 'lost'"),
    "unknown-method": _change("payments", ONE_PAYMENT, "payment_method = 'cheque'"),
    "blanks": "; ".join(
        (
            _change("orders", ONE_ORDER, "status = ' completed ', product_name = ' ' || product_name || '  '"),
            _change("payments", ONE_PAYMENT, "payment_method = payment_method || ' '"),
        )
    ),
    "upper-case": "; ".join(
        (
            _change("orders", ONE_ORDER, "status = 'COMPLETED'"),
            _change("payments", ONE_PAYMENT, "payment_method = upper(payment_method)"),
        )
    ),
}
