{#
  Fails if the newest date is more than max_age_days before analysis_date, or if there is no date.
  Default of max_age_days: the var freshness_max_age_days.
#}
{% test recency_freshness(model, column_name, max_age_days=none) %}
  {%- set allowed = setting('freshness_max_age_days') if max_age_days is none else max_age_days %}
  select newest
  from (select cast(max({{ column_name }}) as date) as newest from {{ model }}) as dates
  where newest is null or {{ add_days('newest', allowed) }} < {{ analysis_date() }}
{% endtest %}
