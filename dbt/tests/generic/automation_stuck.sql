{# Fails for each passage that has been active for more than the var automation_stuck_days on analysis_date. #}
{% test automation_stuck(model) %}
  select *
  from {{ model }}
  where passage_status = 'active'
    and {{ add_days(business_day('entered_at'), setting('automation_stuck_days')) }} < {{ analysis_date() }}
{% endtest %}
