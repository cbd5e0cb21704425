using Consistency.Conflicts;
using Consistency.Identity;
using Consistency.Replication;
using Contracts.Customers;
using Microsoft.Extensions.Configuration;
using ServiceDefaults.Customers;

namespace Tests.Unit.ServiceDefaults;

public sealed class ProfilePoliciesTests
{
    [Theory]
    [InlineData("phone", "lww", "Profiles:Policies:phone: there is no such field; use one of: name, email,")]
    [InlineData("email", "newest", "Profiles:Policies:email: 'newest' is no policy; use one of: lww, manual.")]
    [InlineData("email", "", "Profiles:Policies:email: '' is no policy")]
    [InlineData("name", "merge", "Profiles:Policies:name: 'merge' needs a field with members")]
    [InlineData("shippingAddress", "LWW", "use one of: lww, merge, manual.")]
    [InlineData("shippingAddress:city", "lww", "Profiles:Policies:shippingAddress: '' is no policy")]
    public void a_wrong_policy_stops_the_start_with_a_line_that_names_file_field_and_remedy(string field, string policy, string told)
    {
        var error = Should.Throw<InvalidOperationException>(() => Read((field, policy)));

        error.Message.ShouldContain(told);
        error.Message.ShouldStartWith("appsettings.json: ");
        error.Message.ShouldNotContain("\n");
    }

    [Fact]
    public void what_is_configured_counts_and_the_rest_has_its_default()
    {
        var rules = Read(("email", "lww"), ("shippingAddress", "manual")).ToDictionary(r => r.Name, r => r.Policy);

        rules.ShouldBe(new Dictionary<string, FieldPolicy>
        {
            [ProfileFields.Name] = FieldPolicy.Lww,
            [ProfileFields.Email] = FieldPolicy.Lww,
            [ProfileFields.ShippingAddress] = FieldPolicy.Manual,
            [ProfileFields.BillingAddress] = FieldPolicy.Merge,
            [ProfileFields.CreditLimitCents] = FieldPolicy.Manual,
        }, ignoreOrder: true);
    }

    [Theory]
    [InlineData("Orders")]
    [InlineData("Invoices")]
    public void the_files_that_are_shipped_say_what_the_defaults_are(string service)
    {
        var configuration = new ConfigurationBuilder().AddJsonFile(RepoFiles.At("services", service, "appsettings.json")).Build();

        configuration.GetSection("Profiles:Policies").GetChildren().Count().ShouldBe(ProfileFields.All.Count);
        ProfilePolicies.Read(configuration).Select(r => (r.Name, r.Policy)).ShouldBe(ProfilePolicies.Default.Select(r => (r.Name, r.Policy)));
    }

    [Fact]
    public void two_processes_never_have_one_name()
    {
        var ids = new UuidV7Source(TimeProvider.System);

        Enumerable.Range(0, 100).Select(_ => ReplicaId.New("orders", ids).Name).Distinct().Count().ShouldBe(100);
    }

    private static IReadOnlyList<FieldRule> Read(params (string Field, string Policy)[] policies) => ProfilePolicies.Read(
        new ConfigurationBuilder()
            .AddInMemoryCollection(policies.Select(p => KeyValuePair.Create($"Profiles:Policies:{p.Field}", (string?)p.Policy)))
            .Build());
}
