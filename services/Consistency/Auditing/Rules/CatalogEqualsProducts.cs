using Contracts.Stock;

namespace Consistency.Auditing.Rules;

/// <summary>Orders' catalog is Inventory's products: the same SKUs, each with the same name, price, withdrawal and version.</summary>
internal sealed class CatalogEqualsProducts : IAuditRule
{
    public string Name => "catalog-equals-products";

    public IEnumerable<Finding> Check(AuditView view)
    {
        if (view.All.Catalog is not { } catalog)
        {
            yield break;
        }

        var copies = catalog.ToLookup(c => c.Sku, StringComparer.Ordinal);
        foreach (var product in view.All.Stock)
        {
            var owned = new CatalogItem(product.Sku, product.Name, product.UnitPriceCents, product.Withdrawn, product.Version);
            if (copies[product.Sku].ToList() is not [var copy])
            {
                yield return new Finding(product.Sku, $"Inventory has {Shown(owned)}, Orders has {copies[product.Sku].Count()} copies");
            }
            else if (copy != owned)
            {
                yield return new Finding(product.Sku, $"Inventory has {Shown(owned)}, Orders has {Shown(copy)}");
            }
        }

        var skus = view.All.Stock.Select(s => s.Sku).ToHashSet(StringComparer.Ordinal);
        foreach (var copy in catalog.Where(c => !skus.Contains(c.Sku)))
        {
            yield return new Finding(copy.Sku, $"Orders has {Shown(copy)}, Inventory has no such product");
        }
    }

    private static string Shown(CatalogItem item) =>
        $"version {item.Version} ('{item.Name}', {item.UnitPriceCents} cents{(item.Withdrawn ? ", withdrawn" : "")})";
}
