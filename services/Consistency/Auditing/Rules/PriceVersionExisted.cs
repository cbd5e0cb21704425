using Contracts;
using Contracts.Snapshots;

namespace Consistency.Auditing.Rules;

/// <summary>
/// The price that an order recorded was the product's at the version that it recorded: the product has reached that version, and whoever
/// names a version names one price. Old prices are kept by nobody but the orders, so that each order is held to the others and to the product.
/// </summary>
internal sealed class PriceVersionExisted : IAuditRule
{
    public string Name => "price-version-existed";

    public IEnumerable<Finding> Check(AuditView view)
    {
        var products = view.All.Stock.ToLookup(s => s.Sku, StringComparer.Ordinal);
        var prices = new Dictionary<(string Sku, long Version), long>();
        foreach (var product in view.All.Stock)
        {
            prices[(product.Sku, product.Version)] = product.UnitPriceCents;
        }

        foreach (var order in view.All.Orders)
        {
            foreach (var line in order.Lines)
            {
                if (products[line.Sku].FirstOrDefault() is not { } product)
                {
                    yield return new Finding(order.OrderId, $"priced '{line.Sku}', which Inventory does not have");
                }
                else if (line.PriceVersion < 1 || line.PriceVersion > product.Version)
                {
                    yield return new Finding(
                        order.OrderId, $"priced '{line.Sku}' by version {line.PriceVersion}, Inventory has versions 1 to {product.Version}");
                }
                else if (!prices.TryAdd((line.Sku, line.PriceVersion), line.UnitPriceCents)
                    && prices[(line.Sku, line.PriceVersion)] is var known && known != line.UnitPriceCents)
                {
                    yield return Differs(order, line, known);
                }
            }
        }
    }

    private static Finding Differs(OrderSnapshot order, OrderLine line, long known) => new(
        order.OrderId,
        $"priced '{line.Sku}' at {line.UnitPriceCents} cents by version {line.PriceVersion}, which is {known} cents elsewhere");
}
