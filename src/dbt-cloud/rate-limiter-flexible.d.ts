/** The package's types are those of its index, which also loads a limiter for each of some twenty databases. */
declare module "rate-limiter-flexible/lib/RateLimiterMemory" {
  import { RateLimiterMemory } from "rate-limiter-flexible";
  export default RateLimiterMemory;
}
declare module "rate-limiter-flexible/lib/RateLimiterQueue" {
  import { RateLimiterQueue } from "rate-limiter-flexible";
  export default RateLimiterQueue;
}
