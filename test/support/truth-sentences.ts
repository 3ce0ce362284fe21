/** True, or following from what was seen. */
export const HONEST = `
1,203 customers bought jewelry.
1203 women over 40 bought jewelry in the last 60 days [r2].
About 1,200 customers bought jewelry.
Roughly 1.2k customers bought jewelry.
More than 1,200 customers bought jewelry.
Just over 1,200 customers bought jewelry.
They spent $1,204 on average.
They spent 1,203.60 dollars on average, with a median age of 43.
58% of them are women.
58.4 percent of them are women, so 41.6% are not.
Germany leads with 412 customers, 45 more than Poland with 367.
DE has 412 customers and PL 367, together 779.
DE and PL together have 779 of the 1,203 customers.
DE (412) has 1.12 times as many customers as PL (367).
DE has 412 customers, 12% more than PL with 367.
DE holds 34% of the 1,203 customers with its 412.
DE has 412 customers, about a third of all 1,203.
The US has 120 customers, nearly a third of the 367 in PL.
DE has 412 customers, more than twice as many as FR with 198.
Revenue in DE is $48,210.55.
Revenue in DE is 48.2k.
Revenue in DE is about $48,000.
DE brings €48,211 and PL €30,122.
DE brings 48,210.55, which is 39% of the 122,649.59 in all.
Average order value is 131.26 in FR and lowest in IT at 79.72.
The five countries have 1,203 customers in all.
The top three countries are DE, PL and FR.
Three countries stand out: DE, PL and FR.
DE, PL and FR together have 977 customers.
All 5 countries are in the table.
Two countries, US and IT, have fewer than 150 customers.
3 countries have more than 150 customers.
Orders rose from 310 in March 2025 to 401 in May 2025.
Orders rose by 91, from 310 to 401.
Orders rose 29% from 310 to 401.
Orders went up from 342 to 401, a gain of 59.
In May there were 401 orders.
Over the three months orders rose steadily.
213 customers match; the table shows the best of them [r4].
Of 640 customers inside the conditions, 213 are interested in luxury.
33% of the 640 customers match: 213.
Anna Kowalska (C-1007) leads with a total of 5,214.30.
The best match is customer C-1007 in Łódź, followed by C-2040 in New York.
Anna Kowalska, Heike Weber and Jessica Wilson are the strongest matches.
Heike Weber can be reached at heike.weber@example.com.
Heike Weber spent $4,980.
The best score is 0.91.
Levi 501 Jeans sold best, with 88 units.
The Emerald Cocktail Ring sold 54 times and the Gold Hoop 14k 31 times.
No refunds were made: the count is 0.
There were zero refunds.
The last purchase was on 2025-05-28.
The last purchase was on May 28, 2025, and the cheapest price is 14.90.
As of 16 June 2025, 1,203 customers bought jewelry.
Between 17 April and 16 June 2025 there were 1,203 buyers.
In 2025 orders rose every month.
The repeat share is 23.8%.
About 24% of customers come back.
Nearly a quarter of customers come back.
1. DE has 412 customers
2) PL has 367 customers
The 35-44 group has 289 customers and the 55+ group 603.
The 603 customers in the 55+ group are half of the 1,203.
The 10 customers with the highest revenue start at 7,101.50 [r9].
The top 10 customers by revenue are shown; the first has 7,101.5.
Only customers with a total_spent of at least 250 were counted.
I took the last 60 days, up to as_of, and women over 40.
likes_luxury and total_spent come from the CRM.
1,053 orders were made.
213 customers match in total; the first three are shown.
The 1st place goes to DE, the 2nd to PL.
Purchases count as purchase events, not add_to_cart.
The difference between DE and PL is 45 customers (412 against 367).
1,203 customers: 412 in DE, 367 in PL, 198 in FR, 120 in US and 106 in IT.
`;

/** Each states something that was not seen: `what it is called | the sentence`. */
export const DISHONEST = `
1,204 customers bought jewelry.
1,230 customers bought jewelry.
1203.6 customers bought jewelry.
About 1,300 customers bought jewelry.
Nearly 2,000 customers bought jewelry.
More than 1,250 customers bought jewelry.
60 customers bought jewelry in the last 60 days.
40 women bought jewelry.
16 customers bought jewelry.
21 customers bought jewelry.
777 customers have a loyalty card.
2025 customers bought jewelry.
412 customers bought jewelry, of whom 300 are in Berlin.
They spent $1,302 on average.
They spent $1,203 on average, with a median age of 47.
43 customers are women.
$412 is the average in DE.
62% of them are women.
43% of them are women.
25% of customers are in DE.
DE has 412 customers, 60 more than PL with 367.
DE and PL together have 790 customers.
DE (412) has 1.5 times as many customers as PL (367).
DE has 412 customers, 20% more than PL with 367.
DE has 412 customers, three times as many as FR with 198.
DE has 412 customers, half of all 1,203.
DE has 412 customers, twice as many as PL with 367.
Revenue in DE is $48,310.55.
Revenue in DE is 84.2k.
Revenue in DE is about $58,000.
Revenue is 1.2 million.
Average order value is 151.26 in FR.
The seven countries have 1,203 customers in all.
Four countries stand out: DE, PL and FR.
DE, PL and FR together have 997 customers.
4 countries have more than 150 customers.
Orders rose from 310 in March to 410 in May.
Orders rose by 95, from 310 to 401.
Orders rose 35% from 310 to 401.
Orders doubled from 310 to 401.
There are 3 matching customers.
There are 50 matching customers.
10 customers bought jewelry.
Here are all customers who match.
This is the complete list of matching customers.
The list below shows every customer who matches.
These are the only customers who match.
The table contains all 213 matches.
The best match is customer C-9999.
Customers C-1007, C-5555 and C-2040 lead.
C-7777 and C-8888 spent most.
Customer 412 spent most.
Anna Weber leads the list.
Jessica Kowalska is the best match.
The best customer is Zaphod Beeblebrox.
Zaphod Beeblebrox spent the most.
Reach her at zaphod@example.com.
Customers with a high loyalty_tier spend more.
The column \`loyalty\` shows the same.
Their churn_score is low.
I ran predict_churn to find them.
Levi 501 Jeans sold best, with 501 units.
The Emerald Cocktail Ring sold 45 times.
There were twelve refunds.
The last purchase was on 2025-05-29.
The last purchase was on June 2, 2025.
The last purchase was at 11:47.
In 1987 orders were lower.
The repeat share is 28.3%.
About 40% of customers come back.
Half of the customers come back.
1. DE has 421 customers
The 35-44 group has 298 customers.
Each customer placed 2.7 orders on average.
A dozen customers came from Spain.
One hundred and fifty customers came back.
1 in 3 customers comes back.
`;

/** The sentences of a text, one a line. */
export function lines(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}
