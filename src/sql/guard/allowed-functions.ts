/**
 * Functions of pg_catalog that compute on what they are given: none reads files, settings, the catalogue or statements,
 * changes anything, waits, or names a relation in a text. Kept in groups, as they stand in PostgreSQL's manual
 * (chapter 9); names that only newer versions know are left to the server to refuse.
 */
const GROUPS = {
  aggregates: `
    any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp cume_dist every
    json_agg json_object_agg jsonb_agg jsonb_object_agg max min mode percentile_cont percentile_disc regr_avgx regr_avgy
    regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp string_agg sum
    var_pop var_samp variance`,
  windows: "dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number",
  numbers: `
    abs acos asin atan atan2 cbrt ceil ceiling cos cot degrees div erf erfc exp float4 float8 floor gcd int2 int4 int8 lcm
    ln log log10 min_scale mod numeric pi pow power radians random random_normal round scale sign sin sinh cosh tanh sqrt
    tan trim_scale trunc width_bucket`,
  text: `
    ascii bit_length bpchar btrim casefold char_length character_length chr concat concat_ws convert_from convert_to
    decode encode format initcap is_normalized left length like_escape lower lpad ltrim md5 normalize octet_length overlay
    position quote_ident quote_literal quote_nullable regexp_count regexp_instr regexp_like regexp_match regexp_matches
    regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr repeat replace reverse right rpad rtrim
    sha224 sha256 sha384 sha512 similar_to_escape split_part starts_with string_to_array string_to_table strpos substr
    substring text to_char to_hex to_number translate upper varchar`,
  times: `
    age clock_timestamp date date_add date_bin date_part date_subtract date_trunc extract generate_series interval
    isfinite justify_days justify_hours justify_interval make_date make_interval make_time make_timestamp
    make_timestamptz now overlaps statement_timestamp time timestamp timestamptz timezone to_date to_timestamp
    transaction_timestamp`,
  json: `
    array_to_json json_array_elements json_array_elements_text json_array_length json_build_array json_build_object
    json_each json_each_text json_extract_path json_extract_path_text json_object json_object_keys json_strip_nulls
    json_to_record json_to_recordset json_typeof jsonb_array_elements jsonb_array_elements_text jsonb_array_length
    jsonb_build_array jsonb_build_object jsonb_concat jsonb_each jsonb_each_text jsonb_extract_path
    jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_keys jsonb_pretty jsonb_set jsonb_set_lax
    jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof row_to_json to_json to_jsonb`,
  arrays: `
    array_append array_cat array_dims array_length array_lower array_ndims array_position array_positions array_prepend
    array_remove array_replace array_reverse array_sort array_to_string array_upper cardinality generate_subscripts
    trim_array unnest`,
  ranges: `
    daterange int4range int8range isempty lower_inc lower_inf numrange range_agg range_intersect_agg range_merge tsrange
    tstzrange upper_inc upper_inf`,
  others: "bool num_nonnulls num_nulls",
};

export const FUNCTIONS: ReadonlySet<string> = new Set(
  Object.values(GROUPS).flatMap((names) => names.trim().split(/\s+/)),
);

/** Functions that other databases, or other extensions, have, and what is written here. */
export const FUNCTIONS_INSTEAD: ReadonlyMap<string, string> = new Map(
  Object.entries({
    array_fill: "Use array_agg() over generate_series().",
    charindex: "Use strpos(text, part).",
    countif: "Use count(*) filter (where ...).",
    count_if: "Use count(*) filter (where ...).",
    crosstab: "Use sum(...) filter (where ...), one a column.",
    current_setting: "Settings cannot be read.",
    curdate: "Use current_date.",
    date_diff: "Subtract: a::date - b::date gives days, age(a, b) an interval.",
    date_format: "Use to_char(time, 'YYYY-MM-DD').",
    dateadd: "Add an interval: time + interval '1 day'.",
    datediff: "Subtract: a::date - b::date gives days, age(a, b) an interval.",
    day: "Use extract(day from time).",
    factorial: "Multiply: exp(sum(ln(n))) over generate_series().",
    getdate: "Use now().",
    group_concat: "Use string_agg(text, ', ').",
    if: "Use case when ... then ... else ... end.",
    iff: "Use case when ... then ... else ... end.",
    ifnull: "Use coalesce(a, b).",
    iif: "Use case when ... then ... else ... end.",
    instr: "Use strpos(text, part).",
    isnull: "Use coalesce(a, b), or a is null.",
    json_extract: "Use -> and ->>.",
    len: "Use length(text).",
    listagg: "Use string_agg(text, ', ').",
    median: "Use percentile_cont(0.5) within group (order by x).",
    month: "Use extract(month from time).",
    nvl: "Use coalesce(a, b).",
    pg_sleep: "Nothing may wait.",
    safe_divide: "Use a / nullif(b, 0).",
    strftime: "Use to_char(time, 'YYYY-MM-DD').",
    substring_index: "Use split_part(text, separator, n).",
    sysdate: "Use now().",
    try_cast: "Test first: case when x ~ '^\\d+$' then x::int end.",
    year: "Use extract(year from time).",
  }),
);
