using Contracts.Conflicts;

namespace Contracts.Customers;

/// <summary>Answer to GET and PATCH of a customer: the profile as one replica reads it.</summary>
/// <param name="CustomerId">Customer.</param>
/// <param name="Version">The replica's version vector in text form; the entity tag.</param>
/// <param name="Name">For people; null where nobody set it.</param>
/// <param name="Email">E-mail address.</param>
/// <param name="ShippingAddress">Where goods go.</param>
/// <param name="BillingAddress">Where invoices go.</param>
/// <param name="CreditLimitCents">Most that open invoices may sum up to, in cents; null where nobody set it: the configured limit counts.</param>
/// <param name="Conflicts">Fields that were written concurrently and not since.</param>
public sealed record CustomerDetails(
    string CustomerId,
    string Version,
    string? Name,
    string? Email,
    PostalAddress? ShippingAddress,
    PostalAddress? BillingAddress,
    long? CreditLimitCents,
    IReadOnlyList<FieldConflict> Conflicts);

/// <summary>An address; each member may be missing.</summary>
/// <param name="Street">Street and number.</param>
/// <param name="PostalCode">Postal code.</param>
/// <param name="City">City.</param>
/// <param name="Country">ISO 3166-1 alpha-2, for example <c>DE</c>.</param>
public sealed record PostalAddress(string? Street = null, string? PostalCode = null, string? City = null, string? Country = null);

/// <summary>Body of POST /customers/{id}/conflicts/{field}.</summary>
/// <param name="Value">The value that is to stand, whole, as GET shows the field.</param>
public sealed record ResolveConflict(System.Text.Json.JsonElement Value);
