using Consistency.Storage;
using Contracts;
using Contracts.Ordering;
using ServiceDefaults.Problems;

namespace Gateway.Views.Reading;

/// <summary>Which orders a client wants to see, and which page of them.</summary>
/// <param name="CustomerId">Only of this customer.</param>
/// <param name="Status">Only in this status.</param>
/// <param name="Pattern">Only of this pattern.</param>
/// <param name="Attention">Only those that need an operator, or only those that do not.</param>
/// <param name="NewestFirst">By falling order ids, which rise with time.</param>
/// <param name="After">Behind this order.</param>
/// <param name="Size">Orders of the page.</param>
internal sealed record OrderQuery(
    string? CustomerId, string? Status, string? Pattern, bool? Attention, bool NewestFirst, string? After, int Size)
{
    private static readonly string[] Statuses = [OrderStatuses.Pending, OrderStatuses.Confirmed, OrderStatuses.Cancelled];
    private static readonly string[] KnownPatterns = [Patterns.Events, Patterns.Workflow, Patterns.Sync];
    private static readonly string[] YesOrNo = ["true", "false"];
    private static readonly string[] Directions = ["oldest", "newest"];

    /// <summary>Reads a query; <paramref name="order"/> is <c>oldest</c> (first, the default) or <c>newest</c>.</summary>
    /// <exception cref="RefusedException">A value is not valid: 422.</exception>
    public static OrderQuery Of(
        string? customerId, string? status, string? pattern, string? attention, string? order, string? after, int? limit)
    {
        var errors = new FieldErrors();
        errors.CheckPageSize(limit);
        if (customerId is not null)
        {
            errors.CheckId("customerId", customerId);
        }

        CheckOneOf(errors, "status", status, Statuses);
        CheckOneOf(errors, "pattern", pattern, KnownPatterns);
        CheckOneOf(errors, "attention", attention, YesOrNo);
        CheckOneOf(errors, "order", order, Directions);
        RefusedException.ThrowIfAny(errors);
        return new OrderQuery(
            customerId, status, pattern, attention is null ? null : attention == "true", order == "newest", after, KeysetPage.Size(limit));
    }

    /// <summary>True for an order that belongs into the listing, on whichever page.</summary>
    public bool Matches(OrderViewDetails order) =>
        (CustomerId is null || order.CustomerId == CustomerId)
        && (Status is null || order.Status == Status)
        && (Pattern is null || order.Pattern == Pattern)
        && (Attention is null || order.Attention is not null == Attention);

    /// <summary>Compares order ids in the order of the listing.</summary>
    public int Compare(string left, string right) =>
        NewestFirst ? string.CompareOrdinal(right, left) : string.CompareOrdinal(left, right);

    private static void CheckOneOf(FieldErrors errors, string field, string? value, string[] offered)
    {
        if (value is not null && !offered.Contains(value))
        {
            errors.Add(field, $"'{FieldErrors.Shorten(value)}' is none of {string.Join(", ", offered)}.");
        }
    }
}
