"""Addresses of the kernel's pages, and the entries of the masthead that lead to them.

Names that templates and services rely on: home, sign-in, work, cases, case (id), step (id, name), material (id),
provision (id), instrument (id), search, map, audit, units.
"""

from django.urls import path, register_converter
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.exchange import reach
from xianzhi.kernel.pages import (
    access,
    accounts,
    announcements,
    audit,
    cases,
    coverage,
    documents,
    exchange,
    exchange_door,
    files,
    invitations,
    law,
    lists,
    map,
    money,
    navigation,
    own_account,
    parameters,
    personal,
    preferences,
    procedures,
    proof,
    search,
    session,
    steps,
    system,
    tables,
    texts,
    tokens,
    units,
    verification,
    webhooks,
    work,
)
from xianzhi.kernel.pages.guard import PUBLIC, SIGNED_IN, STAFF, SUBJECT

__all__ = ["lists", "urlpatterns"]

register_converter(law.ProvisionPath, "provision")

urlpatterns = [
    path("", session.home, name="home"),
    path("sign-in", session.sign_in, name="sign-in"),
    path("sign-in/code", session.sign_in_code, name="sign-in-code"),
    path("invited", invitations.invited, name="invited"),
    path("account", own_account.own_account, name="own-account"),
    path("account/password", own_account.password, name="password"),
    path("account/second", own_account.second_factor, name="second-factor"),
    path("account/second/codes", own_account.second_codes, name="second-codes"),
    path("account/prove", proof.prove, name="prove"),
    path("account/kept", proof.kept_page, name="kept"),
    path("tokens", tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke", tokens.token_revoke, name="token-revoke"),
    path("webhooks", webhooks.webhooks, name="webhooks"),
    path("webhooks/<int:pk>", webhooks.webhook, name="webhook"),
    path("sign-out", session.sign_out, name="sign-out"),
    path("preferences", preferences.preferences, name="preferences"),
    path("work", work.work, name="work"),
    path("cases", cases.cases, name="cases"),
    path("cases/<int:pk>", cases.case, name="case"),
    path("cases/<int:pk>/steps/<slug:name>", steps.step, name="step"),
    path("money", money.overview, name="money"),
    path("money/accounts/<int:pk>", money.account, name="money-account"),
    path("cases/<int:pk>/personal", personal.opened, name="personal-open"),
    path("audit/looks", personal.looks, name="looks"),
    path("personal", personal.persons, name="persons"),
    path("personal/<int:pk>", personal.person, name="person"),
    path("personal/<int:pk>/file", personal.person_file, name="person-file"),
    path("personal/<int:pk>/erase", personal.person_erase, name="person-erase"),
    path("cases/<int:pk>/invite", invitations.invite, name="invite"),
    path("materials/<int:pk>", files.material, name="material"),
    path("law", law.instruments, name="law"),
    path("law/procedures/<str:name>.bpmn", procedures.bpmn, name="procedure-bpmn"),
    path("law/procedures/<str:name>.svg", procedures.svg, name="procedure-svg"),
    path("law/procedures/<str:name>", procedures.procedure, name="procedure"),
    path("law/parameters/<str:name>", parameters.propose, name="propose"),
    path("law/in-force", texts.in_force, name="in-force"),
    path("law/<slug:name>", law.instrument, name="instrument"),
    path("law/<slug:name>/text", texts.text, name="text"),
    path("law/<slug:name>/text.json", texts.text_json, name="text-json"),
    path("law/<provision:provision_id>", law.provision, name="provision"),
    path("coverage", coverage.coverage, name="coverage"),
    path("search", search.search, name="search"),
    path("map", map.map_page, name="map"),
    path("map.json", map.features, name="map-json"),
    path("units", units.units, name="units"),
    path("units/<slug:code>", units.unit, name="unit"),
    path("units/<slug:code>/appoint", units.appoint, name="appoint"),
    path("posts/<int:pk>/relieve", units.relieve, name="relieve"),
    path("audit", audit.audit, name="audit"),
    path("audit/access", access.access, name="access"),
    path("accounts", accounts.accounts, name="accounts"),
    path("accounts/new", accounts.new_account, name="account-new"),
    path("accounts/<int:pk>", accounts.account, name="account"),
    path("accounts/<int:pk>/change", accounts.change_account, name="account-change"),
    path("accounts/proposals/<int:pk>", accounts.decide_proposal, name="account-decide"),
    path("system", system.system, name="system"),
    path("audit/verify", audit.verify, name="audit-verify"),
    path("documents", documents.documents, name="documents"),
    path("documents/batches", documents.document_batches, name="document-batches"),
    path("documents/batches/<int:pk>", documents.document_batch, name="document-batch"),
    path("documents/batches/<int:pk>.zip", documents.document_batch_zip, name="document-batch-zip"),
    path("documents/<int:pk>", documents.document, name="document"),
    path("documents/<int:pk>.pdf", documents.document_pdf, name="document-pdf"),
    path("documents/<int:pk>.ofd", documents.document_ofd, name="document-ofd"),
    path("documents/<int:pk>.docx", documents.document_docx, name="document-docx"),
    path("documents/<int:pk>.png", documents.document_picture, name="document-picture"),
    path("documents/<int:pk>/change", documents.change_document, name="document-change"),
    path("verify", verification.verification, name="verification"),
    path("verify/<str:code>", verification.verified, name="verified"),
    path("audit/checkpoints.json", audit.checkpoints, name="audit-checkpoints"),
    path("exchange", exchange.exchange, name="exchange"),
    path("exchange/agreed", exchange.agreed, name="exchange-agreed"),
    path("exchange/out/<int:pk>", exchange.outbound, name="exchange-outbound"),
    path("exchange/in/<int:pk>", exchange.inbound, name="exchange-inbound"),
    path("exchange/<slug:name>", exchange_door.door, name="exchange-door"),
    path("exchange/<slug:name>/terms", exchange.partner, name="exchange-partner"),
    path("exchange/<slug:name>/bundle", exchange.bundle, name="exchange-bundle"),
    path("exchange/<slug:name>/receipts", exchange.receipts, name="exchange-receipts"),
    path("tables", tables.tables, name="tables"),
    path("tables/batches/<int:pk>", tables.table_batch, name="table-batch"),
    path("tables/batches/<int:pk>/bad", tables.table_bad, name="table-bad"),
    path("tables/<str:name>", tables.table, name="table"),
    path("tables/<str:name>/blank", tables.table_blank, name="table-blank"),
    path("lists/<str:name>.<slug:form>", tables.listing, name="listing"),
    path("open/<str:name>.<slug:form>", tables.open_listing, name="open-listing"),
    path("announcements", announcements.announcements, name="announcements"),
    path("announcements/<int:pk>", announcements.announcement, name="announcement"),
]

navigation.add(navigation.Entry("work", _("待办"), "work", STAFF | SUBJECT, 10))
navigation.add(navigation.Entry("cases", _("办件"), "cases", SIGNED_IN, 20))
navigation.add(navigation.Entry("documents", _("文书"), "documents", documents.READERS, 25))
navigation.add(navigation.Entry("law", _("依据"), "law", PUBLIC, 30))
navigation.add(navigation.Entry("map", _("地图"), "map", SIGNED_IN, 40))
navigation.add(navigation.Entry("tables", _("表格"), "tables", tables.READERS, 65))
navigation.add(navigation.Entry("exchange", _("交换"), "exchange", exchange.EXCHANGE, 55, reach.red_of))
navigation.add(navigation.Entry("money", _("资金"), "money", money.READERS, 45))
navigation.add(navigation.Entry("units", _("单位"), "units", units.READERS, 60))
navigation.add(navigation.Entry("audit", _("审计"), "audit", audit.AUDIT, 15))
navigation.add(navigation.Entry("looks", _("查看记录"), "looks", audit.AUDIT, 17))
navigation.add(navigation.Entry("persons", _("本人信息"), "persons", personal.SECURITY, 70))
navigation.add(navigation.Entry("access", _("登录"), "access", audit.AUDIT, 16))
navigation.add(navigation.Entry("accounts", _("账号"), "accounts", accounts.SECURITY, 10))
navigation.add(navigation.Entry("tokens", _("令牌"), "tokens", tokens.SECURITY, 12))
navigation.add(navigation.Entry("system", _("系统"), "system", system.SYSTEM, 10))
