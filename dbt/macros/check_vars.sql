{#
  Stops dbt if the value of a var is not valid. The error lists all problems with their values, the allowed values and
  the fix. tests/vars_are_valid.sql calls the macro while dbt parses the project.
#}
{% macro check_vars() %}
  {% set problems = [] %}
  {% set numbers = {
    'attribution_window_days': {'from': 0, 'to': 3650, 'whole': true},
    'time_decay_half_life_days': {'above': 0},
    'position_first_weight': {'from': 0, 'to': 1},
    'position_last_weight': {'from': 0, 'to': 1},
    'high_value_order_threshold': {'from': 0},
    'efficiency_weight_conversion': {'from': 0, 'to': 1},
    'efficiency_weight_order_value': {'from': 0, 'to': 1},
    'efficiency_weight_acquisition': {'from': 0, 'to': 1},
    'abc_a_threshold': {'above': 0, 'to': 1},
    'abc_b_threshold': {'above': 0, 'to': 1},
    'problem_return_rate': {'from': 0, 'to': 100},
    'product_growth_days': {'from': 1, 'whole': true},
    'lifecycle_growth_rate': {'from': 0},
    'recommendation_min_orders': {'from': 0, 'whole': true},
    'affinity_min_support': {'from': 0, 'to': 1},
    'recency_new_days': {'from': 0, 'whole': true},
    'recency_lapsed_days': {'from': 1, 'whole': true},
    'churn_decline_days': {'from': 1, 'whole': true},
    'churn_risk_medium': {'from': 0, 'to': 100},
    'churn_risk_high': {'from': 0, 'to': 100},
    'ltv_min_customers': {'from': 0, 'whole': true},
    'ltv_min_repeaters': {'from': 1, 'whole': true},
    'ltv_monthly_discount_rate': {'from': 0, 'to': 1},
    'ltv_parameters_max_age_days': {'from': 0, 'whole': true},
    'ltv_backtest_origins': {'from': 0, 'to': 12, 'whole': true},
    'ltv_bias_warn_rate': {'from': 0},
    'ltv_bias_error_rate': {'from': 0},
    'unit_economics_min_customers': {'from': 0, 'whole': true},
    'unit_economics_samples': {'from': 40, 'to': 1000, 'whole': true},
    'churn_horizon_days': {'from': 1, 'whole': true},
    'churn_probability_medium': {'from': 0, 'to': 1},
    'churn_probability_high': {'from': 0, 'to': 1},
    'freshness_max_age_days': {'from': 0, 'whole': true},
    'ad_platform_lookback_days': {'from': 0, 'whole': true},
    'margin_rate': {'from': 0, 'to': 1},
    'pacing_tolerance': {'from': 0, 'to': 1},
    'max_discrepancy_rate': {'from': 0},
    'platform_freshness_warn_days': {'from': 0, 'whole': true},
    'platform_freshness_error_days': {'from': 0, 'whole': true},
    'platform_retired_days': {'from': 1, 'whole': true},
    'completeness_days': {'from': 1, 'whole': true},
    'completeness_min_ratio': {'from': 0, 'to': 1},
    'completeness_min_rows': {'from': 1},
    'completeness_min_campaigns': {'from': 1},
    'email_attribution_hours': {'from': 0, 'whole': true},
    'automation_goal_days': {'from': 0, 'whole': true},
    'automation_stuck_days': {'from': 1, 'whole': true},
    'funnel_loyal_orders': {'from': 3, 'whole': true},
    'kpi_tolerance': {'from': 0, 'to': 100},
    'outcome_baseline_months': {'from': 1, 'whole': true},
    'fatigue_messages': {'from': 1, 'whole': true},
    'fatigue_days': {'from': 1, 'whole': true},
    'holdout_percentage': {'from': 0, 'to': 50},
    'lookalike_count': {'from': 1, 'whole': true},
    'small_cell_min': {'from': 1, 'whole': true},
    'touch_retention_days': {'from': 0, 'whole': true},
    'markov_max_channels': {'from': 1, 'to': 50, 'whole': true},
    'markov_min_paths': {'from': 0, 'whole': true},
    'drift_baseline_weeks': {'from': 2, 'whole': true},
    'drift_min_conversions': {'from': 1, 'whole': true},
    'drift_warn_score': {'above': 0},
    'drift_error_score': {'from': 0},
    'drift_min_points': {'from': 0, 'to': 100},
    'microbatch_lookback': {'from': 0, 'whole': true},
  } %}
  {% for name, allowed in numbers.items() %}
    {% do check_number(name, allowed, problems) %}
  {% endfor %}
  {% set others = [
    'ad_detail_loader', 'analysis_date', 'business_time_zone', 'consent_marketing_default', 'consent_profiling_default',
    'data_fault_severity', 'email_attribution_event', 'incremental', 'lookalike_segment',
    'meta_conversion_action_types', 'microbatch_begin', 'microbatch_size', 'optional_sources', 'performance_attribution_model',
    'platform_ends', 'platform_limits', 'reporting_currency', 'stitch_anonymous_touches', 'unattributed_channel',
  ] %}
  {% do check_names_of_vars(numbers.keys() | list + others, problems) %}
  {% do check_choice('incremental', [true, false], problems) %}
  {% do check_choice('stitch_anonymous_touches', [true, false], problems) %}
  {% do check_choice('consent_profiling_default', ['granted', 'withdrawn'], problems) %}
  {% do check_choice('consent_marketing_default', ['granted', 'withdrawn'], problems) %}
  {% do check_choice('lookalike_segment', [
    'Champions', "Can't Lose Them", 'Loyal Customers', 'At Risk', 'New Customers', 'Potential Loyalists', 'Hibernating',
  ], problems) %}
  {% do check_choice('data_fault_severity', ['warn', 'error'], problems) %}
  {% do check_choice('ad_detail_loader', ['fivetran', 'airbyte', 'dlt'], problems) %}
  {% do check_choice('email_attribution_event', ['click', 'open'], problems) %}
  {% do check_choice('microbatch_size', ['hour', 'day', 'month', 'year'], problems) %}
  {% do check_choice('performance_attribution_model', touch_credit_models(), problems) %}
  {% do check_names('meta_conversion_action_types', problems) %}
  {% do check_text('reporting_currency', problems) %}
  {% do check_date('analysis_date', problems) %}
  {% do check_time_zone('business_time_zone', problems) %}
  {% do check_date('microbatch_begin', problems) %}
  {% do check_platform_ends(problems) %}
  {% do check_platform_limits(problems) %}
  {% do check_text('unattributed_channel', problems) %}
  {% do check_optional_sources(problems) %}
  {% if not problems %}
    {% do check_order('abc_a_threshold', 'abc_b_threshold', problems) %}
    {% do check_order('recency_new_days', 'recency_lapsed_days', problems) %}
    {% do check_order('churn_risk_medium', 'churn_risk_high', problems) %}
    {% do check_order('churn_probability_medium', 'churn_probability_high', problems) %}
    {% do check_order('ltv_bias_warn_rate', 'ltv_bias_error_rate', problems) %}
    {% do check_order('platform_freshness_warn_days', 'platform_freshness_error_days', problems) %}
    {% set weights = ['efficiency_weight_conversion', 'efficiency_weight_order_value', 'efficiency_weight_acquisition'] %}
    {% do check_sum(weights, 1, 1, problems) %}
    {% do check_sum(['position_first_weight', 'position_last_weight'], 0.000001, 1, problems) %}
  {% endif %}
  {% if problems %}
    {% set fix = "\n  fix: change it in dbt_project.yml, or with --vars '{name: value}'" %}
    {% do exceptions.raise_compiler_error('invalid values of vars:\n- ' ~ problems | join('\n- ') ~ fix) %}
  {% endif %}
{% endmacro %}


{% macro check_number(name, allowed, problems) %}
  {% set value = setting(name) | string %}
  {% set whole = allowed.whole | default(false) %}
  {% set words = ['a whole number' if whole else 'a number'] %}
  {% if 'from' in allowed %}{% do words.append('from ' ~ allowed.from) %}{% endif %}
  {% if 'above' in allowed %}{% do words.append('above ' ~ allowed.above) %}{% endif %}
  {% if 'to' in allowed %}{% do words.append(('to ' if 'from' in allowed else 'and at most ') ~ allowed.to) %}{% endif %}
  {% set pattern = '-?[0-9]+' if whole else '-?[0-9]+([.][0-9]*)?([eE][-+]?[0-9]+)?' %}
  {% set number = (value | float) if modules.re.fullmatch(pattern, value) else none %}
  {% if number is none
    or ('from' in allowed and number < allowed.from)
    or ('above' in allowed and number <= allowed.above)
    or ('to' in allowed and number > allowed.to) %}
    {% do problems.append(name ~ ': got ' ~ value ~ '; allowed: ' ~ words | join(' ')) %}
  {% endif %}
{% endmacro %}


{# A name that is mistyped on the command line would leave the default in place, without a word. #}
{% macro check_names_of_vars(known, problems) %}
  {% for name in invocation_args_dict.get('vars') or {} if name not in known %}
    {% set alike = known | select('ge', name[:8]) | select('lt', name[:8] ~ '~') | list %}
    {% set allowed = alike | join(' or ') if alike else 'the vars that dbt_project.yml lists' %}
    {% do problems.append(name ~ ': got a name that no var has; allowed: ' ~ allowed) %}
  {% endfor %}
{% endmacro %}


{% macro check_choice(name, choices, problems) %}
  {% if setting(name) not in choices %}
    {% do problems.append(name ~ ': got ' ~ setting(name) | tojson ~ '; allowed: ' ~ choices | map('tojson') | join(' or ')) %}
  {% endif %}
{% endmacro %}


{% macro check_optional_sources(problems) %}
  {% set allowed = all_optional_sources() %}
  {% for name in optional_sources() if name not in allowed %}
    {% do problems.append('optional_sources: got ' ~ name ~ '; allowed: ' ~ allowed | join(', ')) %}
  {% endfor %}
{% endmacro %}


{% macro check_date(name, problems) %}
  {% set value = (setting(name) or '') | string %}
  {% set parts = modules.re.fullmatch('([12][0-9]{3})-(0[1-9]|1[0-2])-([0-3][0-9])', value) %}
  {% if parts %}
    {% set year, month, day = parts[1] | int, parts[2] | int, parts[3] | int %}
    {% set within_31_days = modules.datetime.date(year, month, 1) + modules.datetime.timedelta(31) %}
    {% set days_in_month = 31 - within_31_days.day + 1 if within_31_days.month != month else 31 %}
  {% endif %}
  {% if value and (not parts or day < 1 or day > days_in_month) %}
    {% do problems.append(name ~ ': got ' ~ value ~ '; allowed: a date like 2025-12-31, or empty for the last order date') %}
  {% endif %}
{% endmacro %}


{% macro check_time_zone(name, problems) %}
  {% if setting(name) not in modules.pytz.all_timezones_set %}
    {% do problems.append(name ~ ': got ' ~ setting(name) ~ '; allowed: UTC, or a name like Europe/Berlin or America/New_York') %}
  {% endif %}
{% endmacro %}


{% macro check_platform_ends(problems) %}
  {% set ends = setting('platform_ends') %}
  {% for platform, end in (ends.items() if ends is mapping else [('', ends)]) %}
    {% if not modules.re.fullmatch('[a-z0-9_]+', platform | string) or not modules.re.fullmatch('[12][0-9]{3}-(0[1-9]|1[0-2])-[0-3][0-9]', end | string) %}
      {% do problems.append('platform_ends: got ' ~ {platform: end | string} | tojson ~ '; allowed: platforms with their last day, like {tiktok_ads: "2025-06-30"}') %}
    {% endif %}
  {% endfor %}
{% endmacro %}


{% macro check_platform_limits(problems) %}
  {% set names = ['platform_freshness_warn_days', 'platform_freshness_error_days', 'completeness_min_ratio', 'completeness_min_campaigns'] %}
  {% set limits = platform_limits() %}
  {% set wrong = [] %}
  {% if limits is not mapping %}{% do wrong.append(setting('platform_limits')) %}{% endif %}
  {% for platform, limit in (limits.items() if limits is mapping else []) %}
    {% for name, value in (limit.items() if limit is mapping else [('', limit)]) %}
      {% if name not in names or value is not number or value < 0 or not modules.re.fullmatch('[a-z0-9_]+', platform | string) %}
        {% do wrong.append({platform: {name: value}} | tojson) %}
      {% endif %}
    {% endfor %}
  {% endfor %}
  {% for it in wrong %}
    {% do problems.append('platform_limits: got ' ~ it ~ '; allowed: platforms or all, each with ' ~ names | join(', ') ~ ' and a number from 0, like {"google_ads": {"platform_freshness_error_days": 5}}') %}
  {% endfor %}
{% endmacro %}


{% macro check_text(name, problems) %}
  {% if not modules.re.fullmatch('[A-Za-z0-9_ -]+', setting(name) | string) %}
    {% do problems.append(name ~ ': got "' ~ setting(name) ~ '"; allowed: letters, digits, spaces, - and _') %}
  {% endif %}
{% endmacro %}


{% macro check_names(name, problems) %}
  {% set value = setting(name) %}
  {% set names = value if value is sequence and value is not string else [] %}
  {% set right = [] %}
  {% for it in names if modules.re.fullmatch('[A-Za-z0-9_.]+', it | string) %}{% do right.append(it) %}{% endfor %}
  {% if not names or names | length != right | length %}
    {% do problems.append(name ~ ': got ' ~ value | tojson ~ '; allowed: a list of names of letters, digits, . and _') %}
  {% endif %}
{% endmacro %}


{% macro check_order(lower, upper, problems) %}
  {% if setting(lower) | float > setting(upper) | float %}
    {% do problems.append(lower ~ ': got ' ~ setting(lower) ~ '; allowed: at most ' ~ upper ~ ', ' ~ setting(upper)) %}
  {% endif %}
{% endmacro %}


{% macro check_sum(names, least, most, problems) %}
  {% set total = namespace(value=0.0) %}
  {% for name in names %}{% set total.value = total.value + setting(name) | float %}{% endfor %}
  {% if total.value < least - 1e-9 or total.value > most + 1e-9 %}
    {% set allowed = 'exactly 1' if least == most else 'more than 0, at most 1' %}
    {% do problems.append(names | join(' + ') ~ ': got ' ~ total.value | round(6) ~ '; allowed: ' ~ allowed) %}
  {% endif %}
{% endmacro %}
