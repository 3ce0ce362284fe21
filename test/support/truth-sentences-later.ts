/** Written after the rules were, in the manner of models: several sentences, other turns of phrase. */
export const HONEST_LATER = `
I found 1,203 women over 40 who bought jewelry in the last 60 days. Germany leads with 412 of them (34%), followed by Poland with 367 (31%) [r1].
In the last 60 days, 1,203 women aged over 40 bought jewelry; 58.4% of buyers are women and the median age is 43.
Germany accounts for roughly 34% of the 1,203 buyers (412) and 39% of revenue ($48,210.55 of $122,649.59).
Poland has 367 buyers but a much lower average order (82.08) than France (131.26).
France has the highest average order value at $131.26, i.e. $49.18 more than Poland's $82.08.
Italy is the smallest market: 106 customers and $8,450.10 in revenue.
The United States contributes $9,876.54 from 120 customers.
Revenue per customer in Germany is $117.02 ($48,210.55 / 412).
Between them, Germany and Poland bring $78,332.95.
**1,203** customers match. *412* of them live in DE.
Orders grew month over month: 310 (March), 342 (April), 401 (May).
May was the strongest month with 401 orders, up 17% on April's 342 and 29% on March's 310.
That is an increase of 59 orders compared to April (342 to 401).
The monthly average over March to May is 351 orders.
Since March 2025 orders have grown from 310 to 401.
The three best matches are Anna Kowalska, Heike Weber and Jessica Wilson, all with scores of 0.85 or higher [r4].
Your best prospects are C-1007, C-2040 and C-0311; 213 customers match in total [r4].
Anna Kowalska has spent $5,214.30, followed by Heike Weber ($4,980.00) and Jessica Wilson ($4,120.75).
The table shows the first 3 of 213 matches.
Out of 640 customers over 40, 213 (33.3%) have an interest in luxury.
427 of the 640 customers over 40 show no interest in luxury, the other 213 do.
The Levi 501 Jeans is the top seller: 88 units, 34 more than the Emerald Cocktail Ring (54).
The Emerald Cocktail Ring sold 54 units, the Gold Hoop 14k 31.
The three products sold 173 units in total.
There have been no refunds at all.
The most recent event in the data is from 28 May 2025, 10:12 UTC.
The cheapest item costs $14.90.
Nobody has asked for a refund in the past 60 days, the count is 0.
I counted customers whose total_spent is 250 or more.
"Over 40" was read as age > 40, and "the last 60 days" as event_time > 2025-04-17.
Relative to the as_of date of June 16, 2025, the window starts on April 17.
Customers aged 55+ are the largest group with 603 people, about half of all customers.
Women aged 35-44 number 289 and those aged 45-54 number 311, so 600 in both groups together.
About 24 percent of customers ordered again.
The repeat share is 0.24.
Just under a quarter of customers ordered again (23.84%).
1,053 orders were placed by 1,203 customers.
There is no column loyalty_tier in the data, so tiers cannot be compared.
The data does not have a customer C-9999.
The top 10 customers each brought between $4,980 and $7,101.50 [r9].
The highest revenue of a single customer is $7,101.50, the tenth highest $4,980.
DE's revenue is about 1.6 times that of PL (48,210.55 vs 30,122.40).
US and IT trail with 120 and 106 customers respectively.
Only two of the five countries, US and IT, have fewer than 150 customers.
In short: DE 412, PL 367, FR 198, US 120, IT 106.
The gap between FR (198) and US (120) is 78 customers.
Overall revenue of the five countries is $122.6k.
All figures are as of 2025-06-16.
`;

/** The same for what was not seen. */
export const DISHONEST_LATER = `
I found 1,302 women over 40 who bought jewelry in the last 60 days.
Germany leads with 421 of them (34%), followed by Poland with 367.
Germany accounts for roughly 44% of the buyers with 412.
France has the highest average order value at $131.26, i.e. $59.18 more than Poland's $82.08.
Italy is the smallest market: 96 customers.
The United States contributes $9,867.54 from 120 customers.
Revenue per customer in Germany is $127.02.
Between them, Germany and Poland bring $87,332.95.
**1,230** customers match.
*414* of them live in DE.
Orders grew month over month: 310 (March), 352 (April), 401 (May).
May was the strongest month with 401 orders, up 27% on April's 342.
That is an increase of 69 orders compared to April (342 to 401).
The monthly average over March to May is 361 orders.
Conversion improved to 3.4% in May.
Customers come from 14 different cities.
The average age is 47 years.
On average they visit the shop 6 times a month.
They return after 23 days on average.
Your best prospects are C-1007, C-2041 and C-0311.
Anna Kowalska has spent $5,412.30.
Heike Weber spent $5,214.31.
Jessica Weber is close behind.
Maria Rossi and Anna Kowalska are the best customers.
The top customer, Maria Rossi, spent $5,214.30.
The list contains all customers with an interest in luxury.
That is everyone: no other customers match.
Out of 640 customers over 40, 231 have an interest in luxury.
450 of the 640 customers over 40 show no interest in luxury.
The Levi 501 Jeans is the top seller with 98 units.
The four products sold 173 units in total.
There have been 2 refunds.
There have been three refunds.
The most recent event in the data is from 29 May 2025.
The most recent event is at 12:10.
The cheapest item costs $19.90.
I counted customers whose churn_risk is low.
The field \`vip_flag\` is set for them.
Customers aged 55+ are the largest group with 630 people.
Customers aged 55+ are the largest group with 603 people, two thirds of all 1,203.
Women aged 35-44 number 289 and those aged 45-54 number 311, so 610 in both groups together.
About 34 percent of customers ordered again.
The repeat share is 0.34.
1,035 orders were placed by 1,203 customers.
Each of the top 10 customers brought more than $5,500 a year and 12 orders.
The highest revenue of a single customer is $7,201.50.
DE's revenue is about 2.5 times that of PL.
In short: DE 412, PL 376, FR 198, US 120, IT 106.
The gap between FR (198) and US (120) is 87 customers.
Overall revenue of the five countries is $132.6k.
About 30% of revenue comes from the top 5 customers.
We expect 450 orders in June.
`;
