// Vendure as its documentation sets it up, on the bench's PostgreSQL: `fill` makes products like ours in bench/pages.py, `serve` answers.
import cluster from "node:cluster";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const { bootstrap, DefaultLogger, LogLevel } = require("@vendure/core");
const doing = process.argv[2];

const config = {
  apiOptions: { hostname: "127.0.0.1", port: Number(process.env.VENDURE_PORT ?? 0), adminApiPath: "admin-api", shopApiPath: "shop-api" },
  authOptions: {
    tokenMethod: ["bearer", "cookie"],
    superadminCredentials: { identifier: "boss", password: "of a bench on this machine" },
    cookieOptions: { secret: "of a bench on this machine" },
  },
  dbConnectionOptions: {
    type: "postgres",
    host: process.env.VENDURE_SOCKET,
    username: "wanshang",
    password: process.env.VENDURE_PASSWORD,
    database: "bench_vendure",
    synchronize: doing === "fill",
    logging: false,
  },
  paymentOptions: { paymentMethodHandlers: [] },
  logger: new DefaultLogger({ level: LogLevel.Error }),
  plugins: [],
};

const initialData = {
  defaultLanguage: "en",
  defaultZone: "Europe",
  countries: [{ name: "Austria", code: "AT", zone: "Europe" }],
  taxRates: [{ name: "Standard Tax", percentage: 13 }],
  shippingMethods: [{ name: "Standard", price: 500 }],
  paymentMethods: [],
  collections: [],
};

function csv(count) {
  const head = "name,slug,description,assets,facets,optionGroups,optionValues,sku,price,taxCategory,stockOnHand,trackInventory,variantAssets,variantFacets";
  const text = "Made by hand, safe in the dishwasher. ".repeat(4);
  const lines = [head];
  for (let n = 0; n < count; n += 1) {
    ["white|small", "white|large", "blue|small", "blue|large"].forEach((options, m) => {
      const first = m === 0;
      lines.push([
        first ? `Mug ${n}` : "", first ? `mug-${n}` : "", first ? `"${text}"` : "", "", first ? "category:cups" : "",
        first ? "colour|size" : "", options, `${n}-${m}`, `${25 + m}.00`, "standard", "1000000", "false", "", "",
      ].join(","));
    });
  }
  return lines.join("\n") + "\n";
}

if (doing === "fill") {
  const { populate } = require("@vendure/core/cli");
  const file = join(process.cwd(), "products.csv");
  writeFileSync(file, csv(Number(process.env.VENDURE_PRODUCTS)));
  const app = await populate(() => bootstrap(config), initialData, file);
  await app.close();
  process.exit(0);
} else if (cluster.isPrimary) {
  for (let n = 0; n < Number(process.env.VENDURE_WORKERS); n += 1) cluster.fork();
  process.on("SIGTERM", () => process.exit(0));
} else {
  await bootstrap(config);
}
