namespace Contracts;

/// <summary>Dapr app ids, as in dapr.yaml.</summary>
public static class AppIds
{
    /// <summary>The one public door.</summary>
    public const string Gateway = "gateway";

    /// <summary>Owns orders.</summary>
    public const string Orders = "orders";

    /// <summary>Owns products and stock.</summary>
    public const string Inventory = "inventory";

    /// <summary>Owns invoices and customers' credit.</summary>
    public const string Invoices = "invoices";
}
