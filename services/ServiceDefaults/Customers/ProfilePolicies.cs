using Consistency.Conflicts;
using Consistency.Replication;
using Contracts.Customers;
using Microsoft.Extensions.Configuration;

namespace ServiceDefaults.Customers;

/// <summary>How conflicts in each field of a customer profile are read; configuration section <c>Profiles:Policies</c>.</summary>
public static class ProfilePolicies
{
    private const string Section = "Profiles:Policies";

    // A wrong name is seen by whoever reads it; an e-mail address or a limit is acted upon before anyone does.
    private static readonly Dictionary<string, FieldPolicy> Defaults = new(StringComparer.Ordinal)
    {
        [ProfileFields.Name] = FieldPolicy.Lww,
        [ProfileFields.Email] = FieldPolicy.Manual,
        [ProfileFields.ShippingAddress] = FieldPolicy.Merge,
        [ProfileFields.BillingAddress] = FieldPolicy.Merge,
        [ProfileFields.CreditLimitCents] = FieldPolicy.Manual,
    };

    /// <summary>The fields with the policies that count where nothing is configured.</summary>
    public static IReadOnlyList<FieldRule> Default { get; } = Rules(Defaults);

    /// <summary>Reads the section.</summary>
    /// <exception cref="InvalidOperationException">A field or a policy is not known, or they do not go together.</exception>
    public static IReadOnlyList<FieldRule> Read(IConfiguration configuration)
    {
        var policies = new Dictionary<string, FieldPolicy>(Defaults, StringComparer.Ordinal);
        foreach (var entry in configuration.GetSection(Section).GetChildren())
        {
            var where = $"appsettings.json: {Section}:{entry.Key}";

            // Names in configuration know no case.
            var field = ProfileFields.All.FirstOrDefault(f => f.Equals(entry.Key, StringComparison.OrdinalIgnoreCase))
                ?? throw new InvalidOperationException($"{where}: there is no such field; use one of: {string.Join(", ", ProfileFields.All)}.");
            var offered = ProfileFields.MembersOf(field).Count > 0 ? "lww, merge, manual" : "lww, manual";
            if (entry.Value is null || !PolicyNames.TryRead(entry.Value, out var policy))
            {
                throw new InvalidOperationException($"{where}: '{entry.Value}' is no policy; use one of: {offered}.");
            }

            if (policy == FieldPolicy.Merge && ProfileFields.MembersOf(field).Count == 0)
            {
                throw new InvalidOperationException($"{where}: 'merge' needs a field with members, which {field} is not; use one of: {offered}.");
            }

            policies[field] = policy;
        }

        return Rules(policies);
    }

    private static IReadOnlyList<FieldRule> Rules(Dictionary<string, FieldPolicy> policies) =>
    [
        .. ProfileFields.All.Select(
            f => new FieldRule(f, policies[f], ProfileFields.MembersOf(f), LowestIsCautious: f == ProfileFields.CreditLimitCents)),
    ];
}
