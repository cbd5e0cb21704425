using Consistency.Conflicts;

namespace Tests.Unit.Consistency.Conflicts;

public sealed class ResolutionTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);
    private static readonly FieldRule Address = ReplicaWorld.Address;

    [Fact]
    public void members_written_apart_are_merged_without_any_conflict()
    {
        var joined = Concurrently(Address, """{"city":"Bonn","street":"Weg 1"}""", """{"city":"Bonn","street":"Weg 2"}""", """{"city":"Köln","street":"Weg 1"}""");

        var read = Resolution.Of(joined, Address);

        read.Value.ShouldBe(Read("""{"street":"Weg 2","city":"Köln"}"""));
        read.Candidates.ShouldBeEmpty();
    }

    [Fact]
    public void of_one_member_written_twice_the_last_writer_counts_and_both_are_told()
    {
        var joined = Concurrently(Address, "null", """{"city":"Bonn"}""", """{"city":"Köln","street":"Weg 1"}""");

        var read = Resolution.Of(joined, Address);

        read.Value.ShouldBe(Read("""{"city":"Köln","street":"Weg 1"}"""));
        read.IsOpen.ShouldBeFalse();
        read.Candidates.Select(c => (c.Path, c.Sibling.Value.AsText(), c.IsUsed)).ShouldBe([("address.city", "Bonn", false), ("address.city", "Köln", true)]);
    }

    [Fact]
    public void the_same_state_is_read_by_another_policy_as_that_one_says()
    {
        var joined = Concurrently(Address, """{"city":"Bonn","street":"Weg 1"}""", """{"city":"Bonn","street":"Weg 2"}""", """{"city":"Köln","street":"Weg 1"}""");

        Resolution.Of(joined, Address with { Policy = FieldPolicy.Lww }).Value.ShouldBe(Read("""{"city":"Köln","street":"Weg 1"}"""));
        Resolution.Of(joined, Address with { Policy = FieldPolicy.Manual }).IsOpen.ShouldBeTrue();
    }

    [Fact]
    public void removing_a_member_is_a_write_like_another()
    {
        var joined = Concurrently(Address, """{"city":"Bonn","street":"Weg 1"}""", """{"city":"Bonn"}""", """{"city":"Köln","street":"Weg 1"}""");

        Resolution.Of(joined, Address).Value.ShouldBe(Read("""{"city":"Köln"}"""));
    }

    [Fact]
    public void while_a_limit_is_in_conflict_the_lowest_counts()
    {
        var joined = Concurrently(ReplicaWorld.Limit, "700", "500", "900");

        Resolution.Of(joined, ReplicaWorld.Limit).ShouldSatisfyAllConditions(r => r.IsOpen.ShouldBeTrue(), r => r.Value.AsNumber().ShouldBe(500));
    }

    [Fact]
    public void the_same_value_written_twice_is_no_conflict()
    {
        var joined = Concurrently(ReplicaWorld.Email, "null", "\"a@x\"", "\"a@x\"");

        Resolution.Of(joined, ReplicaWorld.Email).ShouldSatisfyAllConditions(r => r.IsOpen.ShouldBeFalse(), r => r.Candidates.ShouldBeEmpty());
    }

    [Fact]
    public void a_form_that_sends_unchanged_fields_along_writes_nothing()
    {
        var state = RecordState.Empty.Write("a", Now, FieldWrite.Of(RecordState.Empty, Address, Read("""{"city":"Bonn"}""")).ToDictionary());

        FieldWrite.Of(state, Address, Read("""{"city":"Bonn"}""")).ShouldBeEmpty();
        FieldWrite.Of(state, Address, Read("""{"city":"Bonn","street":"Weg 1"}""")).Select(w => w.Key).ShouldBe(["address", "address.street"]);
    }

    [Fact]
    public void after_a_write_every_policy_reads_what_was_written()
    {
        var joined = Concurrently(Address, """{"city":"Bonn","street":"Weg 1"}""", """{"city":"Bonn","street":"Weg 2"}""", """{"city":"Köln","street":"Weg 1"}""");
        var decided = Read("""{"city":"Berlin","street":"Weg 2"}""");

        var state = joined.Write("a", Now, FieldWrite.Of(joined, Address, decided).ToDictionary());

        foreach (var policy in Enum.GetValues<FieldPolicy>())
        {
            Resolution.Of(state, Address with { Policy = policy }).ShouldSatisfyAllConditions(
                r => r.Value.ShouldBe(decided), r => r.Candidates.ShouldBeEmpty(), r => r.IsOpen.ShouldBeFalse());
        }
    }

    private static Leaf Read(string json) => Leaf.Read(global::System.Text.Json.JsonElement.Parse(json));

    // One base that both know; then a and, a second later, b write without knowing of each other.
    private static RecordState Concurrently(FieldRule rule, string known, string byA, string byB)
    {
        var shared = Set(RecordState.Empty, "a", Now, rule, known);
        return Set(shared, "a", Now.AddSeconds(1), rule, byA).Join(Set(shared, "b", Now.AddSeconds(2), rule, byB));
    }

    private static RecordState Set(RecordState state, string replica, DateTimeOffset now, FieldRule rule, string json) =>
        state.Write(replica, now, FieldWrite.Of(state, rule, Read(json)).ToDictionary());
}
