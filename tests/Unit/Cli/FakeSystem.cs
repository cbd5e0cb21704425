using System.Globalization;
using Contracts;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;
using Contracts.Stock;

namespace Tests.Unit.Cli;

/// <summary>
/// The business in memory, in one lock. Orders settle when someone next asks for the progress or for an order, which
/// leaves them Pending long enough to be cancelled first.
/// </summary>
internal sealed class FakeSystem(Defect defect)
{
    private const long CreditLimitDefault = 10_000_000;
    private const long RepairsBefore = 100;
    private readonly Lock gate = new();
    private readonly TimeProvider time = TimeProvider.System;
    private readonly Dictionary<string, StockLevel> stock = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OrderSnapshot> orders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReservationSnapshot> reservations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InvoiceSnapshot> invoices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AccountSnapshot> accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OrderAccepted> byKey = new(StringComparer.Ordinal);
    private long numbers;
    private long creditNotes;
    private long duplicates;
    private int placed;

    public Defect Defect { get; } = defect;

    public (int Status, OrderAccepted? Body) Place(PlaceOrder order, string? key)
    {
        lock (gate)
        {
            if (Defect != Defect.IgnoresKeys && key is not null && byKey.TryGetValue(key, out var known))
            {
                duplicates++;
                return (202, known);
            }

            if (order.Validate().Count > 0 || order.Lines!.Any(
                l => !stock.TryGetValue(l!.Sku!, out var level) || level.Withdrawn))
            {
                return (422, null);
            }

            var id = "order-" + (++placed).ToString("D6", CultureInfo.InvariantCulture);
            OrderLine[] lines = [.. order.Lines!.Select(
                l => new OrderLine(l!.Sku!, (int)l.Quantity!.Value, stock[l.Sku!].UnitPriceCents, 1))];
            var accepted = new OrderAccepted(
                id, OrderStatuses.Pending, 1, lines.Sum(l => l.Quantity * l.UnitPriceCents));
            byKey[key ?? id] = accepted;
            if (Defect != Defect.LosesAnOrder || placed != 7)
            {
                var now = time.GetUtcNow();
                orders[id] = new OrderSnapshot(
                    id, order.CustomerId!, order.Pattern ?? Patterns.Events, OrderStatuses.Pending, null, null, lines,
                    accepted.TotalCents, now, now, now);
            }

            return Defect == Defect.LosesAnswers ? (503, null) : (202, accepted);
        }
    }

    public OrderAccepted Cancel(string id)
    {
        lock (gate)
        {
            if (orders.TryGetValue(id, out var order) && order.Status != OrderStatuses.Cancelled && Defect != Defect.ForgetsCancellations)
            {
                orders[id] = order with { ClientWroteAt = time.GetUtcNow() };
                End(id, ReasonCodes.CustomerCancelled, ReservationStatuses.NeverReserved, InvoiceStatuses.NeverIssued);
            }

            return new OrderAccepted(id, OrderStatuses.Cancelled, 2, 0);
        }
    }

    public OrderDetails? Details(string id)
    {
        lock (gate)
        {
            SettleAll();
            return !orders.TryGetValue(id, out var o) ? null : new OrderDetails(
                id, o.CustomerId, o.Pattern, o.Status, o.ReasonCode, null, o.InvoiceNumber, o.Lines, o.TotalCents,
                Defect == Defect.ReadsThePast ? 0 : 1, o.PlacedAt, o.ChangedAt);
        }
    }

    public StockLevel Put(PutProduct product) =>
        Change(
            product.Sku!,
            _ => new StockLevel(product.Sku!, product.Name!, product.UnitPriceCents!.Value, false, 0, 0, 0, 0, 1));

    public StockLevel Withdraw(string sku) => Change(sku, level => level! with { Withdrawn = true });

    public StockLevel Adjust(string sku, long quantity) =>
        Change(
            sku, level => level! with { Received = level.Received + quantity, Available = level.Available + quantity });

    public CatalogItem? Catalog(string sku)
    {
        lock (gate)
        {
            return stock.TryGetValue(sku, out var level) ? new CatalogItem(sku, level.Name, level.UnitPriceCents, level.Withdrawn, level.Version) : null;
        }
    }

    public AccountSnapshot SetLimit(string customerId, long cents)
    {
        lock (gate)
        {
            return accounts[customerId] = Account(customerId) with { CreditLimitCents = cents };
        }
    }

    public ServiceProgress Progress(string service)
    {
        lock (gate)
        {
            SettleAll();
            var life = Defect == Defect.Restarts && service == AppIds.Invoices && placed > 0 ? 2 : 1;
            return new ServiceProgress(
                0, 0, service == AppIds.Orders ? duplicates : 0, 0, Repaired: RepairsBefore + Repairs(service).Count,
                Traffic: new ServiceTraffic($"{service}-{life}", Traffic(service)));
        }
    }

    /// <summary>What a service has healed, behind what it healed before this run.</summary>
    public IReadOnlyList<RepairEntry> Repairs(string service)
    {
        lock (gate)
        {
            return service == AppIds.Invoices || Defect != Defect.LosesMessages
                ? []
                :
                [
                    .. orders.Values
                        .Where(o => int.Parse(o.OrderId[^6..], CultureInfo.InvariantCulture) % 5 == 0)
                        .Select((o, i) => new RepairEntry(
                            RepairsBefore + i + 1, "order", o.OrderId, o.Pattern, "nothing", "settled", service == AppIds.Orders ? 4000 : 6000,
                            o.ChangedAt)),
                ];
        }
    }

    public SystemSnapshot Take()
    {
        lock (gate)
        {
            return new SystemSnapshot(
                [.. orders.Values], [.. stock.Values], [.. reservations.Values], [.. invoices.Values],
                [.. accounts.Values])
            {
                Catalog = [.. stock.Values.Select(s => new CatalogItem(s.Sku, s.Name, s.UnitPriceCents, s.Withdrawn, s.Version))],
            };
        }
    }

    // Every order of pattern events costs Orders two messages, every other one three calls.
    private Dictionary<string, PatternTraffic> Traffic(string service) => orders.Values
        .Where(_ => service == AppIds.Orders)
        .GroupBy(o => o.Pattern, StringComparer.Ordinal)
        .ToDictionary(
            g => g.Key,
            g => g.Key == Patterns.Events ? new PatternTraffic(2 * g.Count(), 3 * g.Count(), 0, 0) : new PatternTraffic(0, 0, 3 * g.Count(), 0),
            StringComparer.Ordinal);

    private StockLevel Change(string sku, Func<StockLevel?, StockLevel> change)
    {
        lock (gate)
        {
            return stock[sku] = change(stock.GetValueOrDefault(sku));
        }
    }

    private void SettleAll()
    {
        if (Defect == Defect.NeverSettles)
        {
            return;
        }

        foreach (var order in orders.Values.Where(o => o.Status == OrderStatuses.Pending).ToList())
        {
            Settle(order);
        }
    }

    private void Settle(OrderSnapshot order)
    {
        if (order.Lines.Any(l => stock[l.Sku].Withdrawn || stock[l.Sku].Available < l.Quantity))
        {
            End(order.OrderId, ReasonCodes.OutOfStock, ReservationStatuses.Rejected, InvoiceStatuses.NeverIssued);
            return;
        }

        var account = Account(order.CustomerId);
        if (account.OpenCents + order.TotalCents > account.CreditLimitCents)
        {
            End(order.OrderId, ReasonCodes.CreditLimit, ReservationStatuses.Released, InvoiceStatuses.Refused);
            return;
        }

        var now = time.GetUtcNow();
        accounts[order.CustomerId] = account with { OpenCents = account.OpenCents + order.TotalCents };
        Move(order, -1);
        reservations[order.OrderId] = new ReservationSnapshot(
            order.OrderId, ReservationStatuses.Shipped, null,
            [.. order.Lines.Select(l => new ReservedLine(l.Sku, l.Quantity))], now);
        invoices[order.OrderId] = new InvoiceSnapshot(
            order.OrderId, order.CustomerId, InvoiceStatuses.Issued, "A", ++numbers, null, order.TotalCents, now);
        orders[order.OrderId] = order with { Status = OrderStatuses.Confirmed, InvoiceNumber = $"A-{numbers}", ChangedAt = now };
    }

    private void End(string id, string reason, string reservation, string invoice)
    {
        var order = orders[id];
        var now = time.GetUtcNow();
        if (order.Status == OrderStatuses.Confirmed)
        {
            Move(order, +1);
            accounts[order.CustomerId] = Account(order.CustomerId) with { OpenCents = Account(order.CustomerId).OpenCents - order.TotalCents };
            reservations[id] = reservations[id] with { Status = ReservationStatuses.Released, ChangedAt = now };
            invoices[id] = invoices[id] with { Status = InvoiceStatuses.Voided, CreditNoteNumber = ++creditNotes, ChangedAt = now };
        }
        else
        {
            reservations[id] = new ReservationSnapshot(id, reservation, reason, [], now);
            invoices[id] = new InvoiceSnapshot(id, "", invoice, null, null, null, 0, now);
        }

        orders[id] = order with { Status = OrderStatuses.Cancelled, ReasonCode = reason, ChangedAt = now };
    }

    private void Move(OrderSnapshot order, int direction)
    {
        foreach (var line in order.Lines)
        {
            var level = stock[line.Sku];
            stock[line.Sku] = level with
            {
                Available = level.Available + (direction * line.Quantity),
                Shipped = level.Shipped - (direction * line.Quantity),
            };
        }
    }

    private AccountSnapshot Account(string customerId) =>
        accounts.GetValueOrDefault(customerId) ?? new AccountSnapshot(customerId, CreditLimitDefault, 0);
}
