using System.Text.Json;
using System.Text.Json.Serialization;
using Cli.Conflicts;
using Cli.DeadLetters;
using Cli.Placing;
using Contracts.Conflicts;
using Contracts.Customers;
using Contracts.DeadLetters;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;
using Contracts.Stock;

namespace Cli.Gateway;

/// <summary>The gateway's JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PlaceOrder))]
[JsonSerializable(typeof(OrderAccepted))]
[JsonSerializable(typeof(OrderDetails))]
[JsonSerializable(typeof(PutProduct))]
[JsonSerializable(typeof(AdjustStock))]
[JsonSerializable(typeof(CatalogItem))]
[JsonSerializable(typeof(SetCreditLimit))]
[JsonSerializable(typeof(AccountSnapshot))]
[JsonSerializable(typeof(ServiceProgress))]
[JsonSerializable(typeof(OrderViewDetails))]
[JsonSerializable(typeof(OrderViewState))]
[JsonSerializable(typeof(OrderViewSnapshotPage))]
[JsonSerializable(typeof(Page<OrderDetails>))]
[JsonSerializable(typeof(Page<OrderSnapshot>))]
[JsonSerializable(typeof(Page<StockLevel>))]
[JsonSerializable(typeof(Page<ReservationSnapshot>))]
[JsonSerializable(typeof(Page<InvoiceSnapshot>))]
[JsonSerializable(typeof(Page<AccountSnapshot>))]
[JsonSerializable(typeof(Page<CustomerSnapshot>))]
[JsonSerializable(typeof(CustomerDetails))]
[JsonSerializable(typeof(ResolveConflict))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(Page<ConflictEntry>))]
[JsonSerializable(typeof(IReadOnlyList<ShownConflict>))]
[JsonSerializable(typeof(IReadOnlyList<ShownCustomer>))]
[JsonSerializable(typeof(Page<CatalogItem>))]
[JsonSerializable(typeof(Page<RepairEntry>))]
[JsonSerializable(typeof(Page<DeadLetterEntry>))]
[JsonSerializable(typeof(DeadLetterDetails))]
[JsonSerializable(typeof(ReplayLetter))]
[JsonSerializable(typeof(ReplayLetters))]
[JsonSerializable(typeof(DiscardLetter))]
[JsonSerializable(typeof(DiscardLetters))]
[JsonSerializable(typeof(LetterOutcome))]
[JsonSerializable(typeof(LettersOutcome))]
[JsonSerializable(typeof(IReadOnlyList<ShownLetter>))]
[JsonSerializable(typeof(ShownEnvelope))]
[JsonSerializable(typeof(DecisionReport))]
[JsonSerializable(typeof(IReadOnlyList<PlacedOrder>))]
internal sealed partial class GatewayJson : JsonSerializerContext;
