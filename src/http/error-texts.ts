/** When each error is answered, and what to do: docs/errors.md, by `node scripts/error-texts.js`. */
export const ERROR_TEXTS: Readonly<Record<string, string>> = {
  malformed_json:
    "When: the body cannot be parsed as JSON, or is not text in the charset that `Content-Type` names (UTF-8 where it names none). Nothing is stored of it.\n\nDo: send valid JSON, in UTF-8 or with its `charset`. `NaN` and trailing commas are not allowed.",
  idempotency_key_invalid:
    "When: the header is empty, longer than 255 characters, or has characters other than printable ASCII; or it was sent more than once, which arrives as one value with a comma and a blank in it.\n\nDo: send a random UUID, a new one for each operation.",
  idempotency_key_too_weak:
    "When: a guest sends a key shorter than 20 characters. Anyone who guesses the key could read the order.\n\nDo: send a random UUID.",
  signature_invalid:
    "When: `POST /api/v1/webhooks/stripe` receives an event whose `Stripe-Signature` is missing, does not match the body under the endpoint's secret, or has a time more than five minutes from now.\n\nDo: set `STRIPE_WEBHOOK_SECRET` to the secret that Stripe shows for this endpoint, and make sure that no proxy changes the body.",
  unauthenticated:
    "When: a route that is not for guests is called without `Authorization: Bearer …` or with an unknown token; or any route is called with a token that is no longer valid: it has expired, was revoked, or its user was deleted. Guest routes refuse such a token too, so that a user does not silently become a guest.\n\nDo: get a new access token with `POST /api/v1/auth/refresh`, or sign in again.",
  invalid_credentials:
    "When: the e-mail or the password is wrong; the answer does not say which. Or the refresh token is unknown, expired or revoked. Reuse of a refresh token revokes all tokens of that sign-in, because it may have been stolen. Within `REFRESH_GRACE_SECONDS`, and until its successor is used, reuse returns the same successor instead, in case an answer was lost.\n\nDo: ask the user to sign in.",
  link_expired:
    "When: a request about an order carries the token of a link (`POST /api/v1/orders/{order_id}/link`) whose time is over. Of any other token that is not the order's the answer is 404 `not_found`. `POST …/claim` with such a token in its body is 404 too, because the account that claims is signed in; `errors` names `order_token`.\n\nDo: ask for a new link with `POST /api/v1/orders/{order_id}/request-link`, or at the shop.",
  forbidden:
    "When: the token is valid but lacks the right that `detail` names. Or the request has a field that the caller may not set, such as `allocation_policy` from a guest.\n\nDo: use a token with that right, or omit the field.",
  turnstile_required:
    "When: a guest places an order, checks out or creates a cart, or somebody registers, in a shop that uses Cloudflare Turnstile, without a token of its widget. Nothing was done.\n\nDo: show the widget and send its token in the header `CF-Turnstile-Response`.",
  turnstile_failed:
    "When: the token is wrong, older than five minutes, or was used for another request. `error_codes` are Turnstile's, such as `timeout-or-duplicate`. Nothing was done.\n\nDo: let the widget make a new token and send the request again, under the same Idempotency-Key if it had one. A request that was answered before is answered again without a token.",
  tier_not_verified:
    "When: `user_tier` names a tier that is not the caller's own, and the caller may not choose one. Guests have no tier.\n\nDo: sign in, or omit `user_tier`: a customer's own tier applies automatically.",
  not_found:
    "When: the path, or the record that it names, does not exist. An order of somebody else looks like one that does not exist.\n\nDo: check the id. For an order, send the `order_token` that came with it as the bearer token.",
  method_not_allowed: "When: the path exists but does not support the method.\n\nDo: use a method that the header `Allow` lists.",
  insufficient_stock:
    "When: at least one line of an order cannot be supplied, or names a product that the shop does not sell. `stock_errors` has every such line; for a bundle, the component that is short. `available_stock` is what one order could get now. Or a line of a cart cannot be reserved; then the line stays as it was.\n\nDo: show the shopper `stock_errors`, and send a smaller order with a new `Idempotency-Key`. The old key repeats this refusal for 24 hours, even if new stock has arrived; the key of a cart request does not.",
  total_changed:
    "When: the total of an order is not its `expected_total`; or the order has a `promo_code` that gives no discount, and no `expected_total` that confirms the total without it; or another order took the last use of the code at the same time. `quote` has the current total, and `quote.refused_rules` the rules that gave no discount, with reasons. Nothing was reserved.\n\nDo: show the shopper the new total. Send the order again with that `expected_total`, or with another `promo_code` or none, and with a new `Idempotency-Key`. The old key repeats this refusal for 24 hours.",
  max_per_order_exceeded:
    "When: an order, a checkout or a line of a cart has more units of a product, all of its variants together, than its `max_per_order`. `lines` names each with `allowed`, the units that it may have. A bundle counts as itself, by its own limit. Nothing was reserved, and the key repeats this refusal; that of a cart's line decides no key.\n\nDo: order at most `allowed` units with a new key.",
  max_per_customer_exceeded:
    "When: with this order the customer would have more units of a product than its `max_per_customer`. A customer is known by account, e-mail address and phone (by its last nine digits); it counts by whichever most was bought. Orders count from when the limit was set until they are cancelled or expired; returned units count. `lines` names each product with the units `bought` so far, and `allowed`, which may still be bought. No order was placed, and the key repeats this refusal.\n\nDo: order at most `allowed` units with a new key.",
  more_than_share:
    "When: a cart line asks for more than the share of the free units that one cart may reserve (`CART_MAX_SHARE_PERCENT`; one unit is always allowed). `most` is the limit at this moment. The line stays as it was.\n\nDo: show the shopper `most`. An order without a cart can have more.",
  hold_share_exceeded:
    "When: a line of a cart, a checkout or an order that is paid before it is delivered would give its client more than `HOLD_SHARE_PERCENT` of the free units of a variant, over all of its carts and unpaid orders. A client is an account, else an address (of IPv6, a /56 network); one unit is always allowed. Orders that are paid at their delivery are not counted. `lines` names each with `allowed`: for an order, how many more it may have; for a line of a cart, how many in all. Nothing was reserved. The key of an order or a checkout repeats this refusal.\n\nDo: ask for at most `allowed` units with a new key, pay for open orders, or take units out of other carts.",
  checking_out:
    "When: a line is changed while a checkout of the same cart is in progress. The line stays as it was.\n\nDo: wait for the answer of the checkout. If it placed no order, retry the change.",
  units_reserved:
    'When: a manual movement would remove more units than are free, or a count found fewer than are reserved and allocated. Allocated units are sold and have not left; reserved ones are held for a time. Nothing was moved; `free` is the number of units that can be. `orders` names the open orders that units in this place are promised to, oldest first and at most 20 of `orders_total`; both are absent where no order is known. A transfer lists every short line in `lines`. The key repeats this refusal.\n\nDo: move at most `free` units with a new key, or cancel orders first. If the units are really not there, send the count or the damage with a new key and `"on_shortage": "keep_oldest"`: carts lose their units first, then the newest orders, which say `stock_short` from then on.',
  count_outdated:
    "When: the units on hand are no longer the `expected_on_hand` of a count, because units were sold, received or issued since. `on_hand` is the current number. Nothing was moved, and the key repeats this refusal.\n\nDo: count again, and send the new count and the new `expected_on_hand` with a new key.",
  warehouse_not_empty:
    "When: a warehouse is to be archived, and units are on hand there, a transfer from or to it is open, an order with units of it has not left, or units that a return, a cancellation or a transfer brings there are not booked yet (`pending_movements`). `products`, `transfers` and `orders` name the first ten of each. Nothing was changed.\n\nDo: move the units out or write them off, receive or recall the transfers, ship or cancel the orders, and archive it again. What was moved seconds ago may still be counted: try again after ten seconds.",
  transfer_not_dispatched:
    "When: the units of a transfer could not be dispatched within ten seconds, because of a crash or because a product's stock did not respond. All units are back where they were, and the key repeats this refusal.\n\nDo: send the transfer again with a new `Idempotency-Key`.",
  transfer_not_open:
    "When: a transfer that was not dispatched, was refused, recalled, or is already received, is to be received or recalled. `status_now` is its status.\n\nDo: read the transfer. Receive units that arrive after it was closed with a manual movement.",
  more_than_sent:
    "When: a line would have more received than sent, including earlier receipts. `lines` has each such line with the units still `missing`. Nothing was received.\n\nDo: read the transfer, because somebody else may have received it. Receive real surplus units with a manual movement.",
  already_exists:
    "When: an id, SKU, barcode or e-mail already belongs to another record. `errors` says which.\n\nDo: choose another value, or change the existing record. For a registration, sign in instead.",
  own_account:
    "When: an admin tries to change their own role or delete their own account. This prevents that a shop loses its last admin by accident.\n\nDo: ask another admin, or use `ADMIN_TOKEN`.",
  already_claimed:
    "When: a customer claims an order that another customer has claimed.\n\nDo: sign in with the account that claimed it, or ask the shop.",
  not_shippable:
    "When: a shipment has more units of a line than the warehouse has left to ship, or a line that it does not supply. What was shipped or cancelled is not left. `errors` has each such line, with the units that can still be shipped from there. Nothing was recorded.\n\nDo: read `GET /api/v1/fulfillments?warehouse_id=…`: each line has its `quantity`, and what of it is `shipped` and `cancelled`.",
  order_short:
    'When: an order is to be completed or collected, or the rest of it shipped from a warehouse, although units of it were not found on the shelf by a count with `"on_shortage": "keep_oldest"`; or none of them is free where they are to be allocated from. `short` has the lines, the warehouse and the units. Nothing was recorded.\n\nDo: ship what is there. Allocate what is short once units have come in, or from another warehouse, with `POST …/allocations`, or cancel it with `POST …/cancel`, which also completes an order of which all the rest has left.',
  not_cancellable:
    "When: a cancellation has more units of a line than have not left and were not cancelled yet, a line that the order does not have, or a part of a bundle of which the rest has left. `errors` has each such line, with the units that can still be cancelled. Nothing was recorded.\n\nDo: read the order; its lines show what was `shipped` and `cancelled`. What has left can be returned.",
  not_reopenable:
    "When: an order that was cancelled or expired is to be reopened, and cannot go on. `reason` says why: `hidden` (it was deleted), `being_supplied` (it was paid after it expired, and its units are being reserved), `refunded` (money of it went back, or is on its way back), `disputed` (a dispute of its payment is open), `nothing_left` (all of it was cancelled by the line, left or came back), `not_served` (no warehouse supplies its address any more), or `rule_used_up` (others have taken the last use of a limited pricing rule that discounts it; `rules` lists those). Nothing was reserved or changed.\n\nDo: place a new order, by today's prices. With `being_supplied`, read the order again.",
  not_returnable:
    "When: a return has more units than have left and did not come back yet, a customer's also than are requested already, a receipt than the request names, or a line that the order does not have. `errors` has each such line, with the units that can still be returned. Nothing was recorded.\n\nDo: read the order; `returns` lists what was requested and returned. What has not left can be cancelled. Staff record what came beyond a request as a return of its own.",
  return_closed:
    "When: a return is received that was rejected, or of which nothing is left; or one is rejected that was not only requested. `return_status` is its status. Of a receipt and a rejection at once one wins, and the other gets this answer. Nothing was recorded.\n\nDo: read the order again; `returns` says what became of it.",
  already_refunded:
    "When: something of an order is returned, or a customer asks to, after the customer got all of the money back. What was requested before can still be received.\n\nDo: book the goods in as a receipt (`PUT /api/v1/inventory/products/{product_id}/stock`) if they came all the same.",
  illegal_transition:
    "When: the order's status does not allow the change: for example, cancelling a completed or partly returned order, processing an unpaid one, or returning one that was not processed. `status_now` is its status, `possible` lists the statuses that it can change to. Of two concurrent changes one wins, and the other may get this answer.\n\nDo: read the order again. If it is already `CANCELLED`, nothing is left to do.",
  cart_checked_out:
    "When: a cart is checked out or changed after its checkout. The problem document has `order_id`. A retry with the `Idempotency-Key` of the checkout that placed the order gets that order instead.\n\nDo: show the order; for more, start a new cart.",
  payment_mismatch:
    "When: a confirmed amount or its currency is not exactly what is due for the order; see `amount_due` and `currency`. Nothing was recorded.\n\nDo: confirm the amount that is due. Return a payment of another amount to its sender.",
  payment_reference_used:
    "When: the `payment_reference` was recorded before for another order, or for this one with another amount.\n\nDo: check the reference in the shop's accounts; each payment has its own.",
  already_paid:
    "When: a paid order is confirmed again with another reference.\n\nDo: if a second payment really arrived, return it to its sender.",
  payment_not_due:
    "When: a payment is started for an order that does not wait for one: it is cash on delivery, paid, cancelled or expired. Or a payment is confirmed for an unpaid order that came back whole.\n\nDo: read the order. If it has expired, place a new one.",
  payment_processing:
    "When: a payment is started, and an earlier one that was begun for another amount is being made at Stripe, or was made and is not reported yet. A second payment would be one too many.\n\nDo: read the order until `payment_status` is `paid`. If the earlier payment was of more than what is due, `refund_due` says what is to be refunded.",
  more_than_paid:
    "When: a refund is larger than what was paid and not yet refunded. `amount_left` is the most that can be refunded.\n\nDo: refund at most that.",
  dispute_open:
    "When: a refund is asked for while the customer's bank decides about a dispute of the payment. The bank has taken the money already, so a refund would be paid twice.\n\nDo: answer the dispute at Stripe. Once it has ended, refund what is left.",
  alert_closed:
    "When: an alert is acknowledged whose cause has ended meanwhile. `closed_at` says when.\n\nDo: nothing; there is nothing left to look at.",
  endpoint_disabled:
    "When: a delivery is replayed to an endpoint that was disabled by an admin, or because its receiver answered 410.\n\nDo: set its status to `active` first, and its `url` if the receiver has moved.",
  too_many_addresses:
    "When: an account has 50 addresses in its book, and another one is added.\n\nDo: delete one first, or send the order its `delivery_address` without keeping it.",
  too_many_rules:
    "When: a pricing rule would become active, and 500 already are. Rules whose period has ended count while they are active.\n\nDo: deactivate or delete rules that have ended, or create this one with `is_active` false.",
  precondition_failed:
    "When: a request has `If-Match`, and the record has another ETag by now: somebody changed it. Nothing was written. The problem document has the present ETag as `etag`. `W/` in front of an ETag, which a proxy adds that compresses, does not matter.\n\nDo: read the record again, see what changed, and send your change with the new ETag. `If-Match` is checked by changes of products, warehouses, delivery methods, pricing rules, tax rates (the ETag of the whole list), users, webhook endpoints, notes of alerts and orders, and by cancellations, shipments, pickups and returns of orders; elsewhere it is 422 `validation_failed`.",
  body_too_large:
    "When: the body is larger than 64 KiB; that of an import than 5 MiB, or it has more than 5,000 rows. Nothing was written.\n\nDo: split the data over several requests. `npm run import` does so for a catalogue.",
  unsupported_media_type:
    "When: the `Content-Type` is missing or not supported; for an import, also if its `charset` is unknown.\n\nDo: send `Content-Type: application/json`; for an import `text/csv` or `application/x-ndjson`.",
  validation_failed:
    "When: a field is missing, has the wrong type, is out of range, is there twice, or contradicts another field; a price has more decimals than the currency; or a cursor belongs to another list.\n\nDo: correct the fields that `errors` names.",
  idempotency_key_reused:
    "When: the same caller used the key before, at the same path, with another body.\n\nDo: send a new key, or the same body. The order of members does not matter.",
  order_too_large:
    "When: an order has more than 100 distinct products after its bundles are expanded.\n\nDo: split it into several orders.",
  contact_required:
    "When: an order has neither phone nor e-mail address and is of no account, and the shop demands one for orders that are paid at their delivery (`CASH_NEEDS_CONTACT`), or a product of it has a `max_per_customer`. Nothing was reserved.\n\nDo: send `customer_phone` or `customer_email`, or sign in.",
  address_required:
    "When: an order or a checkout has neither `delivery_address` nor `address_id`, and its delivery method has `requires_address`; an order without an address is reopened by such a method; or a change removes the address of one. Nothing was reserved.\n\nDo: send `delivery_address`, as one text or in its parts. An order that has ended takes no address any more: place a new one.",
  country_not_served:
    "When: no active warehouse ships to the country of the request.\n\nDo: offer another address. `GET /api/v1/warehouses` lists what each warehouse ships to.",
  self_service_unavailable:
    "When: the delivery method is `self_service`, and no warehouse that ships to the country of the order offers pickup.\n\nDo: choose another delivery method; `GET /api/v1/delivery/options` lists them.",
  bundle_has_no_stock: "When: a manual movement names a bundle.\n\nDo: move its components.",
  invalid_bundle:
    "When: a component does not exist, is archived, is itself a bundle, appears twice, or is already in 100 bundles; or the request would turn an existing product into a bundle.\n\nDo: correct the components that `errors` names.",
  rate_limited:
    "When: one address sends more orders, changes of carts, searches, registrations, sign-ins, promo codes or requests for links to orders than the shop allows in a minute, or there are too many sign-ins to one account or requests for links to one order.\n\nDo: wait as many seconds as `Retry-After` says.",
  internal_error:
    "When: Holdfast has a bug or a wrong configuration. The answer never contains internals.\n\nDo: report the `request_id`. To learn whether an order was placed, send it again with its `Idempotency-Key`.",
  images_not_configured:
    'When: an image is uploaded, and this deployment has no R2 bucket bound as `IMAGES`. Everything else works; `GET /health` says `images: "no_bucket"`.\n\nDo: create the bucket ([operations](operations.md#images)), or give the product `images` with https addresses elsewhere.',
  payments_not_configured:
    "When: a payment is started or a Stripe event arrives, and this shop has no `STRIPE_SECRET_KEY` or no `STRIPE_WEBHOOK_SECRET`.\n\nDo: pay in another way that the shop offers; staff confirm it with `POST /api/v1/orders/{order_id}/payment/confirm`.",
  unresolved:
    "When: the outcome of a write is not known, because the database or a product's stock did not respond in time. A payment confirmation with this answer is recorded; a retry, or the shop itself within minutes, decides whether there are units for it.\n\nDo: send the same request with the same `Idempotency-Key` after as many seconds as `Retry-After` says; the answer says what happened. `Retry-After` is missing if a retry without a key could act twice: check first whether the request took effect.",
  misconfigured:
    "When: the deployment lacks a binding, or a setting is missing or invalid (`problems` has a line for each), or `CURRENCY` or `CURRENCY_DECIMALS` is not what the shop's amounts are stored in (`detail` says both): then every request is refused. `GET /health` also answers it while a setting is of no use without another that is missing, such as `STRIPE_SECRET_KEY` without `STRIPE_WEBHOOK_SECRET`, and while `ORDER_LINK_URL` makes no links; the rest of the shop works meanwhile.\n\nDo: as the operator, set what is named, and deploy again. The request did nothing. Amounts are never converted: another currency is another shop.",
  unavailable:
    "When: the database, a product's stock or the payment provider does not respond, and nothing was being written; or too many requests are in flight (`MAX_IN_FLIGHT`), and this one did nothing.\n\nDo: retry after as many seconds as `Retry-After` says.",
};
