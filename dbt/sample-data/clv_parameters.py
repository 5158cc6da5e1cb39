"""Parameters of the purchase models for the sample data, as `npm run ltv:fit -- --as-of DATE` found them.

generate.py calls add_clv_parameters(). There is one row for the last day of the shipped data and one for each day on
which a backtest begins. The rows are constants, because a fit needs scipy and differs in its last digits between machines.
"""

import duckdb

TABLE = """
    create table clv_model_parameters (
        model_version text, fitted_at timestamp, as_of_date date, time_unit text, r double, alpha double, a double,
        b double, p double, q double, v double, log_likelihood double, n_customers bigint
    )
"""
# as_of_date, r, alpha, a, b, p, q, v, log_likelihood, n_customers
FITS = [
    ('2025-01-01', 1.041716, 11.872567, 0.001, 10000.0, 1.97501, 61.345957, 1283.841756, -2633.926, 419),
    ('2025-04-02', 0.994905, 12.371694, 5.0, 389.107125, 2.177626, 50.695757, 946.10816, -4097.858, 528),
    ('2025-07-02', 1.065695, 13.599465, 0.127481, 3.193597, 2.636432, 22.480455, 331.308695, -5842.518, 656),
    ('2025-10-01', 1.036249, 13.236902, 0.242465, 4.524836, 2.386719, 24.226299, 393.468572, -7839.154, 798),
    ('2025-12-31', 0.993356, 11.868857, 0.35612, 6.435672, 2.24292, 33.280148, 585.090033, -10645.714, 962),
]


def add_clv_parameters(connection: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Creates table clv_model_parameters in schema dbt_production. The seed changes nothing."""
    connection.execute(TABLE)
    insert = "insert into clv_model_parameters values ('bg_nbd_gamma_gamma_1', cast($1 as date) + interval 27 hour, $1, 'week', $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    connection.executemany(insert, FITS)
