using System.Text.Json;
using Consistency.Conflicts;
using Contracts.Customers;

namespace ServiceDefaults.Customers;

/// <summary>Checks what another service sends: whatever a replica takes over it has to show, and to act upon.</summary>
internal static class ProfileStateCheck
{
    /// <exception cref="JsonException">A value is none that a service would have accepted from a client.</exception>
    public static void ThrowIfInvalid(CustomerProfile received)
    {
        if (received.State.Registers.Count == 0)
        {
            throw new JsonException("A replicated customer without a single field was written by nobody.");
        }

        foreach (var rule in received.Rules)
        {
            foreach (var value in received.State[rule.Name].Siblings.Select(s => s.Value))
            {
                Check(received.CustomerId, rule.Name, value);
            }

            foreach (var member in rule.Members)
            {
                foreach (var value in received.State[rule.PathOf(member)].Siblings.Select(s => s.Value))
                {
                    Check(received.CustomerId, rule.Name, Leaf.Of([KeyValuePair.Create(member, value)]));
                }
            }
        }
    }

    private static void Check(string customerId, string field, Leaf value)
    {
        var errors = ProfilePatch.ValidateResolution(customerId, field, value.ToElement());
        if (errors.Count > 0)
        {
            var (name, sentences) = errors.First();
            throw new JsonException($"{name}: {sentences[0]}");
        }
    }
}
