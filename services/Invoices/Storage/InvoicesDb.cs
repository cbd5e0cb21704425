using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Invoices.Storage;

/// <summary>Invoices' own database.</summary>
internal sealed class InvoicesDb(DbContextOptions<InvoicesDb> options) : DbContext(options)
{
    // Compiled: DbContext.Find compiles its predicate anew on every call, which costs far more than the look-up itself.
    private static readonly Func<InvoicesDb, string, Invoice?> InvoiceByOrderId =
        EF.CompileQuery((InvoicesDb db, string key) => db.Invoices.AsTracking().FirstOrDefault(e => e.OrderId == key));

    private static readonly Func<InvoicesDb, string, NumberSeries?> SeriesByName =
        EF.CompileQuery((InvoicesDb db, string key) => db.Series.AsTracking().FirstOrDefault(e => e.Name == key));

    private static readonly Func<InvoicesDb, string, Account?> AccountByCustomerId =
        EF.CompileQuery((InvoicesDb db, string key) => db.Accounts.AsTracking().FirstOrDefault(e => e.CustomerId == key));

    public DbSet<Invoice> Invoices => Set<Invoice>();

    public DbSet<NumberSeries> Series => Set<NumberSeries>();

    public DbSet<Account> Accounts => Set<Account>();

    public Invoice? FindInvoice(string orderId) => InvoiceByOrderId(this, orderId);

    public NumberSeries? FindSeries(string name) => SeriesByName(this, name);

    public Account? FindAccount(string customerId) => AccountByCustomerId(this, customerId);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Invoice>(invoice =>
        {
            invoice.ToTable("invoice").HasKey(i => i.OrderId);
            invoice.Property(i => i.OrderId).HasColumnName("order_id");
            invoice.Property(i => i.CustomerId).HasColumnName("customer_id");
            invoice.Property(i => i.Status).HasColumnName("status");
            invoice.Property(i => i.Series).HasColumnName("series");
            invoice.Property(i => i.Number).HasColumnName("number");
            invoice.Property(i => i.CreditNoteNumber).HasColumnName("credit_note_number");
            invoice.Property(i => i.Detail).HasColumnName("detail");
            invoice.Property(i => i.TotalCents).HasColumnName("total_cents");
            invoice.Property(i => i.OrderVersion).HasColumnName("order_version");
            invoice.Property(i => i.Version).HasColumnName("version");
            invoice.Property(i => i.ChangedAt).HasColumnName("changed_at").AsUnixMilliseconds();
        });
        modelBuilder.Entity<NumberSeries>(series =>
        {
            series.ToTable("number_series").HasKey(s => s.Name);
            series.Property(s => s.Name).HasColumnName("name");
            series.Property(s => s.LastNumber).HasColumnName("last_number");
        });
        modelBuilder.Entity<Account>(account =>
        {
            account.ToTable("account").HasKey(a => a.CustomerId);
            account.Property(a => a.CustomerId).HasColumnName("customer_id");
            account.Property(a => a.CreditLimitCents).HasColumnName("credit_limit_cents");
            account.Property(a => a.OpenCents).HasColumnName("open_cents");
        });
    }
}
