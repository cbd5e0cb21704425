using Consistency.Conflicts;
using Consistency.Replication;
using Contracts.Conflicts;
using Contracts.Customers;
using Contracts.Snapshots;

namespace ServiceDefaults.Customers;

/// <summary>A customer profile as a replica reads it.</summary>
/// <param name="CustomerId">Customer.</param>
/// <param name="State">The replicated state.</param>
/// <param name="Rules">The fields and their policies.</param>
public sealed record CustomerProfile(string CustomerId, RecordState State, IReadOnlyList<FieldRule> Rules)
{
    /// <summary>The credit limit that counts, in cents; null where nobody set one.</summary>
    public long? CreditLimitCents => Field(ProfileFields.CreditLimitCents).Value.AsNumber();

    /// <summary>The version vector in text form.</summary>
    public string Version => State.Vector.ToString();

    /// <summary>A field as its policy reads it.</summary>
    public Resolution Field(string name) => Resolution.Of(State, Rules.First(r => r.Name == name));

    /// <summary>The answer to clients.</summary>
    public CustomerDetails ToDetails() => new(
        CustomerId,
        Version,
        Field(ProfileFields.Name).Value.AsText(),
        Field(ProfileFields.Email).Value.AsText(),
        Address(ProfileFields.ShippingAddress),
        Address(ProfileFields.BillingAddress),
        CreditLimitCents,
        [
            .. Rules.Select(r => (Rule: r, Read: Resolution.Of(State, r))).Where(f => f.Read.Candidates.Count > 0)
                .Select(f => new FieldConflict(f.Rule.Name, PolicyNames.Of(f.Rule.Policy), f.Read.IsOpen, f.Read.ToSiblings())),
        ]);

    /// <summary>What the audit compares.</summary>
    public CustomerSnapshot ToSnapshot() => new(CustomerId, Version, CreditLimitCents, RecordStateJson.Write(State));

    private PostalAddress? Address(string field)
    {
        var value = Field(field).Value;
        return value.IsNull
            ? null
            : new PostalAddress(
                value.Member(ProfileFields.Street).AsText(), value.Member(ProfileFields.PostalCode).AsText(),
                value.Member(ProfileFields.City).AsText(), value.Member(ProfileFields.Country).AsText());
    }
}
