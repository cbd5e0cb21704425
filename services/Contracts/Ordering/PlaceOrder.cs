namespace Contracts.Ordering;

/// <summary>Body of POST /orders.</summary>
/// <param name="CustomerId">Who orders.</param>
/// <param name="Lines">What; each SKU at most once.</param>
/// <param name="Pattern">How the services agree; null for the configured default.</param>
public sealed record PlaceOrder(string? CustomerId, IReadOnlyList<PlaceOrderLine?>? Lines, string? Pattern = null)
{
    /// <summary>What is wrong with the request, by field; empty where nothing is.</summary>
    public Dictionary<string, string[]> Validate()
    {
        var errors = new FieldErrors();
        errors.CheckId("customerId", CustomerId);
        if (Pattern is not null && !Patterns.Offered.Contains(Pattern))
        {
            errors.Add("pattern", $"'{FieldErrors.Shorten(Pattern)}' is not a pattern offered here; use one of: {string.Join(", ", Patterns.Offered)}.");
        }

        PlaceOrderLine.ValidateAll(Lines, errors);
        return errors.ToDictionary();
    }
}

/// <summary>A line as the customer sends it.</summary>
/// <param name="Sku">Product.</param>
/// <param name="Quantity">Pieces.</param>
public sealed record PlaceOrderLine(string? Sku, long? Quantity)
{
    /// <summary>Says what is wrong with an order's lines.</summary>
    public static void ValidateAll(IReadOnlyList<PlaceOrderLine?>? lines, FieldErrors errors)
    {
        if (lines is null || lines.Count == 0)
        {
            errors.Add("lines", "An order needs at least one line.");
        }
        else if (lines.Count > RequestLimits.LinesMax)
        {
            errors.Add("lines", $"{lines.Count} lines are more than the {RequestLimits.LinesMax} that an order may have.");
        }
        else
        {
            ValidateEach(lines, errors);
        }
    }

    private static void ValidateEach(IReadOnlyList<PlaceOrderLine?> lines, FieldErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            errors.CheckId($"lines[{i}].sku", line?.Sku);
            if (line?.Sku is { } sku && !seen.Add(sku))
            {
                errors.Add($"lines[{i}].sku", $"'{FieldErrors.Shorten(sku)}' stands on two lines; put its pieces on one.");
            }

            errors.CheckRange($"lines[{i}].quantity", line?.Quantity, 1, RequestLimits.QuantityMax);
        }
    }
}
