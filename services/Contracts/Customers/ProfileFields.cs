namespace Contracts.Customers;

/// <summary>The fields of a customer profile, as they are named everywhere.</summary>
public static class ProfileFields
{
    /// <summary>For people.</summary>
    public const string Name = "name";

    /// <summary>E-mail address.</summary>
    public const string Email = "email";

    /// <summary>Where goods go.</summary>
    public const string ShippingAddress = "shippingAddress";

    /// <summary>Where invoices go.</summary>
    public const string BillingAddress = "billingAddress";

    /// <summary>Credit limit, in cents.</summary>
    public const string CreditLimitCents = "creditLimitCents";

    /// <summary>Street and number.</summary>
    public const string Street = "street";

    /// <summary>Postal code.</summary>
    public const string PostalCode = "postalCode";

    /// <summary>City.</summary>
    public const string City = "city";

    /// <summary>ISO 3166-1 alpha-2.</summary>
    public const string Country = "country";

    /// <summary>Every field.</summary>
    public static readonly IReadOnlyList<string> All = [Name, Email, ShippingAddress, BillingAddress, CreditLimitCents];

    /// <summary>Members of an address.</summary>
    public static readonly IReadOnlyList<string> AddressMembers = [Street, PostalCode, City, Country];

    /// <summary>Members of a field; none where its value is a single one.</summary>
    public static IReadOnlyList<string> MembersOf(string field) => field is ShippingAddress or BillingAddress ? AddressMembers : [];
}
