using System.Text.Json;
using Contracts.Conflicts;
using Contracts.Customers;

namespace Tests.Unit.Cli;

/// <summary>
/// Customers as both replicas read them, in one place: an e-mail address that is written a second time is in conflict until it is decided.
/// </summary>
internal sealed class FakeCustomers(Defect defect)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, CustomerDetails> customers = new(StringComparer.Ordinal);

    public CustomerDetails Patch(string id, JsonElement patch)
    {
        lock (gate)
        {
            var email = patch.GetProperty("email").GetString();
            var address = patch.GetProperty("shippingAddress").Deserialize<PostalAddress>(JsonSerializerOptions.Web)!;
            var before = customers.GetValueOrDefault(id);
            var merged = defect == Defect.OverwritesAddresses || before?.ShippingAddress is not { } other
                ? address
                : new PostalAddress(City: address.City ?? other.City, Country: address.Country ?? other.Country);
            IReadOnlyList<FieldConflict> conflicts = before is null ? [] : [new FieldConflict(ProfileFields.Email, "manual", Open: true, [])];
            return customers[id] = new CustomerDetails(id, before is null ? "1" : "2", null, email, merged, null, null, conflicts);
        }
    }

    public CustomerDetails Decide(string id, JsonElement value)
    {
        lock (gate)
        {
            var decided = customers[id] with { Version = "3", Email = value.GetString(), Conflicts = [] };
            return defect == Defect.ForgetsDecisions ? decided : customers[id] = decided;
        }
    }

    public CustomerDetails? Read(string id, string replica)
    {
        lock (gate)
        {
            var customer = customers.GetValueOrDefault(id);
            return defect == Defect.SplitsReplicas ? customer! with { Version = replica } : customer;
        }
    }
}
