import { SEEN } from "./truth-evidence.js";

const observation = (sql: string, columns: string[], rows: (string | number | null)[][], total = rows.length) => ({
  call: { tool: "sql_analytics", args: { sql } },
  outcome: { columns, rows, total, truncated: rows.length < total, stages: [], warnings: [], embeddingTokens: 0 },
  ms: 1,
});

/** Another session, with the names that models give their columns. */
export const SHOP = {
  ...SEEN,
  question:
    "Which categories sell best this quarter, how does it compare with the last one, and who are our at least 5-time buyers?",
  observations: [
    observation(
      "select category, sum(quantity) as qty, sum(amount) as total, round(100.0*sum(amount)/sum(sum(amount)) over (),1) as pct from events group by 1",
      ["category", "qty", "total", "pct"],
      [
        ["shoes", 1840, 92410.2, 36.9],
        ["jewelry", 655, 78120.75, 31.2],
        ["socks", 4310, 30215.4, 12.1],
        ["sportswear", 702, 29880, 11.9],
        [null, 95, 19790.15, 7.9],
      ],
    ),
    observation("select q, n, prev, growth from x", ["q", "n", "prev", "growth"], [["2025-Q2", 7602, 6880, 10.5]]),
    observation(
      "select count(*) as cnt, avg(total_spent) as x, percentile_cont(0.5) within group (order by total_spent) as p50 from customers where purchases >= 5",
      ["cnt", "x", "p50"],
      [[184, 611.4352, 420]],
    ),
    observation(
      "select customer_id, first_name, purchases from customers where purchases >= 5",
      ["customer_id", "first_name", "purchases"],
      [
        ["119", "Aylin", 22],
        ["240", "Chris", 19],
        ["77", "Anna", 19],
      ],
      184,
    ),
    observation(
      "select gender, count(*) as c from customers where purchases >= 5 group by 1",
      ["gender", "c"],
      [
        ["F", 102],
        ["M", 75],
        [null, 7],
      ],
    ),
    observation(
      "select city, count(*) as c from customers group by 1 order by 2 desc limit 3",
      ["city", "c"],
      [
        ["Berlin", 44],
        ["Łódź", 31],
        ["New York", 28],
      ],
    ),
    observation(
      "select extract(hour from event_time) as hour, count(*) as events from events group by 1",
      ["hour", "events"],
      [
        [9, 400],
        [13, 812],
        [20, 1377],
      ],
    ),
  ],
};

export const SHOP_HONEST = `
Shoes sell best this quarter with $92,410 (36.9% of sales), ahead of jewelry with $78,121 (31.2%).
Shoes and jewelry together make up 68.1% of sales (36.9% and 31.2%).
Socks lead by volume: 4,310 units, but only $30,215 in sales.
Sales without a category come to $19,790.15, or 7.9%.
There were 7,602 units this quarter, 10.5% more than the 6,880 of the quarter before.
That is 722 more than the last quarter (7,602 vs. 6,880).
184 customers have bought at least 5 times.
184 customers are at least 5-time buyers; they spent $611.44 on average, half of them less than $420.
Of these 184 loyal buyers, 102 are women, 75 are men and 7 did not say.
55% of the 184 are women (102).
Women outnumber men 102 to 75.
Customer 119 (Aylin) bought most often: 22 times.
Customers 119, 240 and 77 lead with 22, 19 and 19 purchases.
Aylin (customer 119) made 22 purchases, 3 more than Chris with 19.
The list shows the first of 184 customers [r4].
Berlin is the biggest city with 44 customers, followed by Łódź with 31 and New York with 28.
The three biggest cities are Berlin, Łódź and New York.
Most events happen at 20:00, with 1,377 of them, and 812 at 13:00.
Evening traffic (1,377 events at 20 h) is 1.7 times that of noon (812).
Five categories were found, one of them blank.
Four categories are named; 95 units have no category.
Shoes: 1,840 units, $92.4k. Jewelry: 655 units, $78.1k.
- shoes: $92,410.20
- jewelry: $78,120.75
1) Shoes – 36.9%
2) Jewelry – 31.2%
Shoes outsell jewelry by $14,289.45 (92,410.20 against 78,120.75).
Shoes sell almost three times as many units as jewelry (1,840 to 655).
A pair of shoes brings $50.22 on average ($92,410.20 from 1,840 units).
In Q2 2025 we sold 7,602 units.
In the second quarter of 2025 sales grew by 10.5%.
Q2 2025 was 10% stronger than the quarter before.
The median loyal buyer spent $420.
The average is 611 and the median 420, so a few big spenders pull it up.
Total sales amount to $250,416.50 over all categories.
Sportswear ($29,880.00) and socks ($30,215.40) are close: $335.40 apart.
More than 1,800 pairs of shoes were sold.
Just 655 units went to jewelry.
About 37 percent of sales are shoes.
Roughly $92,000 came from shoes.
`;

export const SHOP_DISHONEST = `
Shoes sell best this quarter with $94,210 (36.9% of sales).
Shoes and jewelry together make up 72.1% of sales (36.9% and 31.2%).
Socks lead by volume: 4,130 units.
Sales without a category come to $19,970.15.
There were 7,602 units this quarter, 15.5% more than the 6,880 of the quarter before.
That is 822 more than the last quarter (7,602 vs. 6,880).
5 customers have bought at least 5 times.
148 customers have bought at least 5 times.
184 customers are at least 5-time buyers; they spent $661.44 on average.
Of these 184 loyal buyers, 120 are women.
65% of the 184 are women (102).
Customer 911 (Aylin) bought most often: 22 times.
Customers 119, 240 and 78 lead.
Aylin made 25 purchases.
Aylin Yilmaz and Petra Novak lead the list: they bought most.
All customers are shown: this is the full list [r4].
Berlin is the biggest city with 54 customers.
The six biggest cities are in Germany.
Most events happen at 21:30.
Evening traffic (1,377 events at 20 h) is 2.7 times that of noon (812).
Six categories were found.
Shoes: 1,940 units, $92.4k.
- shoes: $29,410.20
1) Shoes – 39.6%
Shoes outsell jewelry by $24,289.45.
Shoes sell five times as many units as jewelry (1,840 to 655).
A pair of shoes costs $55.22 on average.
In Q2 2019 we sold 7,602 units.
The median loyal buyer spent $460.
Total sales amount to $350,416.50 over all categories.
More than 2,000 pairs of shoes were sold.
About 47 percent of sales are shoes.
Roughly $82,000 came from shoes.
The return rate is 4%.
The basket holds 2.3 items on average.
Their avg_basket is high.
Customers spend 17 minutes per visit.
We could win back 300 customers.
Only 12 customers bought twice.
The campaign should reach 1,500 people.
`;

/** A second draw, written after the rules had learnt from the first. */
export const SHOP_HONEST_LATER = `
This quarter's best seller is the shoes category: $92,410.20, that is 36.9% of all sales.
With $92,410.20, shoes bring in more than three times the $30,215.40 of socks.
Compared to the previous quarter, volume rose from 6,880 to 7,602 units (+10.5%).
Volume is up 10.5% (from 6,880 to 7,602, i.e. 722 units).
There are 184 customers with five or more purchases.
We have 184 such customers, and the top buyer, Aylin, has 22 purchases.
The most frequent buyers are Aylin (22 purchases), Chris (19) and Anna (19).
Two customers, Chris and Anna, tie at 19 purchases.
102 of 184 (55.4%) are female.
Men account for 75 of them, or 40.8% of the 184.
Seven customers have no gender on file.
Jewelry and shoes are the two strongest categories.
The top two categories bring $170,530.95 together.
Everything else is far behind: socks 12.1%, sportswear 11.9%, uncategorised 7.9%.
Socks ($30.2k) and sportswear ($29.9k) are nearly equal.
655 pieces of jewelry brought $78,120.75, roughly $119 apiece.
Sportswear sold 702 units, 47 more than jewelry (655).
Average spend is $611 vs. a median of $420: a gap of $191.
In Berlin we have 44 customers, 13 more than in Łódź (31).
Berlin, Łódź and New York have 103 customers in total.
The evening hour from 20:00 sees 1,377 events, against 400 at 9:00.
At 9 h there are only 400 events.
Our best hour has 1,377 events.
I compared Q2 2025 with Q1 2025.
By "this quarter" I mean April to June 2025.
The data ends on 16 June 2025, so the quarter is not complete.
Growth was in double digits: 10.5%.
No category lost its lead.
I cannot tell margins, as there is no column for cost.
Nobody made more than 22 purchases.
`;

/** The same for what was not seen. */
export const SHOP_DISHONEST_LATER = `
This quarter's best seller is the shoes category: $92,410.20, that is 46.9% of all sales.
With $92,410.20, shoes bring in more than four times the $30,215.40 of socks.
Volume rose from 6,880 to 7,702 units.
Volume is up 14% (from 6,880 to 7,602).
Volume is up 732 units.
There are 194 customers with five or more purchases.
We have 184 such customers, and the top buyer, Aylin, has 27 purchases.
The most frequent buyers are Aylin (22 purchases), Chris (19) and Anna (18).
112 of 184 are female.
102 of 184 (58.4%) are female.
Eight customers have no gender on file.
The top two categories bring $180,530.95 together.
Socks 13.1%, sportswear 11.9%.
655 pieces of jewelry brought $78,120.75, roughly $139 apiece.
Sportswear sold 702 units, 57 more than jewelry (655).
Average spend is $611 vs. a median of $420: a gap of $211.
In Berlin we have 44 customers, 23 more than in Łódź (31).
Berlin, Łódź and New York have 123 customers in total.
The evening hour from 22:00 sees 1,377 events.
Customers #4711 and #4712 are new.
Contact chris@shop.example for details.
I compared Q2 2025 with Q2 2023.
The data ends on 18 June 2025.
The segment_score of these customers is high.
Using forecast_sales, I expect growth to continue.
Sales will reach $300,000 next quarter.
Every buyer returns within 14 days.
The list contains all of the customers with 5 purchases.
Petra Novak (customer 119) made 22 purchases.
Roughly 250 loyal customers exist.
`;
