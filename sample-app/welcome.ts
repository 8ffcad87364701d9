/** What a person who has started the shop reads: where it is, and three things to try. */
export function welcome(url: string): string {
  return `
The shop is open: ${url}/products

  ${url}/health         all checks; a page in a browser, JSON for programs
  ${url}/health/live    is the process alive?
  ${url}/health/ready   may it get traffic?
  ${url}/health/tools   links to the tools around it
  ${url}/metrics        for Prometheus

Three things to try:

  1. Place an order, and find it counted.
     curl -s -X POST ${url}/orders -H 'Content-Type: application/json' -d '{"productId":"mug","quantity":2}'
     curl -s ${url}/metrics | grep ^orders_placed_total

  2. Stop the database, look at the health, and start it again.
     curl -s -X POST ${url}/playground/database/stop
     curl -s ${url}/health
     curl -s -X POST ${url}/playground/database/start

  3. Break the billing module, see that no traffic would come, and mend it.
     curl -s -X POST ${url}/playground/billing/break
     curl -s -i ${url}/health/ready
     curl -s -X POST ${url}/playground/billing/mend

Ctrl-C closes the shop.
`;
}
