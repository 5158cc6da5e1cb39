{#
  The value of a setting: from --vars or dbt_project.yml, else from its environment variable, else its default. Only the
  settings named here have an environment variable. Their value is a text unless it comes from --vars.
#}
{% macro setting(name) -%}
  {%- set environment = {
    'attribution_window_days': ['DBT_ATTRIBUTION_WINDOW_DAYS', '30'],
    'time_decay_half_life_days': ['DBT_TIME_DECAY_HALF_LIFE_DAYS', '7'],
    'position_first_weight': ['DBT_POSITION_FIRST_WEIGHT', '0.4'],
    'position_last_weight': ['DBT_POSITION_LAST_WEIGHT', '0.4'],
    'ltv_bias_warn_rate': ['DBT_LTV_BIAS_WARN_RATE', '20'],
    'ltv_bias_error_rate': ['DBT_LTV_BIAS_ERROR_RATE', '50'],
    'drift_warn_score': ['DBT_DRIFT_WARN_SCORE', '3.7'],
    'drift_error_score': ['DBT_DRIFT_ERROR_SCORE', '0'],
    'drift_min_points': ['DBT_DRIFT_MIN_POINTS', '2'],
    'platform_limits': ['DBT_PLATFORM_LIMITS', '{}'],
    'microbatch_size': ['DBT_MICROBATCH_SIZE', 'month'],
  } -%}
  {%- set variable, default = environment.get(name, ['', '']) -%}
  {{ return(var(name, env_var(variable, default)) if name in environment else var(name)) }}
{%- endmacro %}
