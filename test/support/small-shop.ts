/** A shop of a few customers as CSV, for suites that load it often. `from`: the number of the first customer. */
export function smallShop(customers: number, from = 1): { crm: string; events: string } {
  const wares = [
    ["jewelry", "necklace", "gold"],
    ["footwear", "boots", "brown"],
    ["footwear", "sneakers", "white"],
    ["home", "lamp", ""],
    ["outdoors", "tent", "green"],
    ["clothing", "dress", "red"],
    ["books", "", ""],
  ];
  const crm = ["customer_id,first_name,last_name,email,country,age,favorite_color,total_spent"];
  const events = ["event_id,customer_id,event_type,timestamp,category,subcategory,color,price"];
  for (let n = from; n < from + customers; n++) {
    crm.push(
      `${n},User${n},Test${n},user${n}@demo.com,${n % 2 ? "PL" : "DE"},${18 + (n % 50)},red,${(n * 137) % 1500}`,
    );
    // Every seventh customer has done nothing.
    for (let i = 0; n % 7 !== 0 && i < 1 + (n % 4); i++) {
      const [category, subcategory, color] = wares[(n * (i + 3) + i) % wares.length] ?? [];
      const type = ["purchase", "view", "add_to_cart"][(n + i) % 3];
      const day = String(1 + ((n + i) % 28)).padStart(2, "0");
      events.push(`e${n}-${i},${n},${type},2025-05-${day}T10:00:00Z,${category},${subcategory},${color},${n % 90}.5`);
    }
  }
  return { crm: `${crm.join("\n")}\n`, events: `${events.join("\n")}\n` };
}
