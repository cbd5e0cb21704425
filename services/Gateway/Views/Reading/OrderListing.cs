using Microsoft.EntityFrameworkCore;

namespace Gateway.Views.Reading;

/// <summary>Reads pages of the view. Each way of listing names its index, so that none reads more than its page and what it filters out.</summary>
internal static class OrderListing
{
    private const string Active = "(SELECT active FROM order_view_state)";

    /// <summary>Rows of the page, and one more where there are more.</summary>
    public static List<OrderRow> Read(ViewsDb db, OrderQuery query)
    {
        var (sql, values) = Statement(query);
        return [.. db.Orders.FromSqlRaw(sql, values)];
    }

    /// <summary>The statement, with its parameters as <c>{0}</c>, <c>{1}</c> and so on.</summary>
    public static (string Sql, object[] Values) Statement(OrderQuery query)
    {
        var values = new List<object>();
        var conditions = new List<string> { $"edition = {Active}", "version IS NOT NULL" };
        Add("customer_id = {0}", query.CustomerId);
        Add("status = {0}", query.Status);
        Add("pattern = {0}", query.Pattern);
        Add(query.NewestFirst ? "order_id < {0}" : "order_id > {0}", query.After);
        if (query.Attention is { } attention)
        {
            conditions.Add($"attention_step IS {(attention ? "NOT " : "")}NULL");
        }

        values.Add(query.Size + 1);
        var sql =
            $"SELECT * FROM order_view{Index(query)} WHERE {string.Join(" AND ", conditions)} "
            + $"ORDER BY order_id{(query.NewestFirst ? " DESC" : "")} LIMIT {{{values.Count - 1}}}";
        return (sql, [.. values]);

        void Add(string condition, string? value)
        {
            if (value is not null)
            {
                conditions.Add(condition.Replace("{0}", $"{{{values.Count}}}", StringComparison.Ordinal));
                values.Add(value);
            }
        }
    }

    /// <summary>All rows in key order, those included of which Orders has not told: for the audit.</summary>
    public static List<OrderRow> ReadAll(ViewsDb db, string after, int count) =>
        [.. db.Orders.FromSqlRaw($"SELECT * FROM order_view WHERE edition = {Active} AND order_id > {{0}} ORDER BY order_id LIMIT {{1}}", after, count)];

    // The narrowest first. Without a filter it is the primary key.
    private static string Index(OrderQuery query) => query switch
    {
        { Attention: true } => " INDEXED BY order_view_attention",
        { CustomerId: not null } => " INDEXED BY order_view_customer",
        { Pattern: not null, Status: not null } => " INDEXED BY order_view_pattern_status",
        { Status: not null } => " INDEXED BY order_view_status",
        { Pattern: not null } => " INDEXED BY order_view_pattern",
        _ => "",
    };
}
