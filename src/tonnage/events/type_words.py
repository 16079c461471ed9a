"""Words that name what happened, by type and language. Data only.

A cell holds alternatives of one pattern, matched without regard to case; in Latin letters each begins at a
word. Chinese, Japanese and Korean share one entry. A ban is also told by a verb that stops and a noun of
trade near each other ("suspended all exports", "exports were halted"): `STOP`, `TRADE`, `STOPPED`.
"""

# ruff: noqa: E501  (one pattern, one line: cut, it could not be read)

from __future__ import annotations

from typing import Final

__all__ = ["HANDICAPS", "MEASURE_NOUNS", "STOP", "STOPPED", "TRADE", "TYPES"]

#: Letters of distance added to a type: weak words yield to strong ones.
HANDICAPS: Final[dict[str, int]] = {
    "export_restriction.entity_list": 0, "export_restriction.quota": 0, "export_restriction.tax": 0,
    "export_restriction.ban": 0, "licence_practice": -6, "export_restriction.licensing": 2,
    "export_restriction": 4, "import_restriction": -4, "data_release": 3, "protest": -40, "agreement": -6,
    "meeting": -4, "media_report": 4, "official_statement": 12,
}  # fmt: skip

#: Type -> language -> words.
TYPES: Final[dict[str, dict[str, str]]] = {
    "export_restriction.entity_list": {
        "en": r"entity list|(?:export[- ])?control list|watch ?list|blacklist\w*|unreliable entit\w+|end[- ]user list",
        "de": r"kontrollliste|schwarze liste|sanktionsliste",
        "es": r"lista (?:de (?:control|vigilancia|entidades)|negra)",
        "fr": r"liste (?:noire|de contrôle|de surveillance|d'entités)",
        "pt": r"lista (?:de (?:controle|vigilância|entidades)|negra)",
        "vi": r"danh sách (?:đen|kiểm soát|thực thể)",
        "cjk": r"清单|清單|名单|名單|(?:エンティティ|管理|規制|禁輸|ブラック)[・ー]?リスト|リスト(?:に(?:追加|掲載|加え)|入り)|블랙리스트|명단",
    },
    "export_restriction.quota": {
        "en": r"quotas?\b|(?:export )?(?:caps?|ceilings?)\b|capped\b",
        "de": r"kontingent\w*|(?:export|ausfuhr)?quoten?\b|obergrenzen?\b",
        "es": r"cuotas?\b|cupos?\b|contingentes?\b",
        "fr": r"quotas?\b|contingent\w*|plafond\w*",
        "pt": r"cotas?\b|quotas?\b|contingentes?\b",
        "vi": r"hạn ngạch",
        "cjk": r"配额|配額|輸出枠|割当|쿼터|할당",
    },
    "export_restriction.tax": {
        "en": r"export (?:tax|dut|lev|tariff)\w*|(?:tax|dut(?:y|ies)|lev(?:y|ies)) on (?:\w+ ){0,4}exports?",
        "de": r"(?:ausfuhr|export)(?:zoll|zölle|steuer|abgabe)\w*",
        "es": r"retenciones\b|derechos? de exportación|impuestos? (?:a|sobre) (?:la|las) exporta\w+|aranceles? (?:a|sobre) (?:la|las) exporta\w+",
        "fr": r"taxes? (?:à|sur) (?:l'|les )export\w+|droits? (?:d'|à l')exportation",
        "pt": r"impostos? (?:de|sobre) (?:a )?exporta\w+|taxas? (?:de|sobre) (?:a )?exporta\w+|tarifas? de exporta\w+",
        "vi": r"thuế xuất khẩu",
        "cjk": r"出口关税|出口關稅|出口税|輸出税|輸出関税|수출세|수출\s?관세",
    },
    "export_restriction.ban": {
        "en": r"(?:export )?bans?\b|bann(?:ed|ing)\b|prohibit\w*|embargo\w*|(?:export|ore|shipment) (?:stop|freeze|halt|stoppage|suspension)\b|outlaw\w*|freeze\b|forb[ia]d\w*|off[- ]limits|(?:allow|let)(?:s|ed|ting|ing)? no\b|(?:be |allowed to be )(?:exported|shipped) again|no longer (?:be )?(?:export|ship|s[eo]l|send|leave)\w*|(?:may|can|must) not be (?:exported|shipped)|no (?:[\w-]+ ){1,5}(?:may|can|could|is to|are to) (?:leave|be (?:exported|shipped|sold))|(?:stopped|halted|barred|blocked|kept)\b[^.;]{0,80}\bfrom (?:leaving|being (?:exported|shipped))",
        "de": r"\w*verbot\w*|verbiet\w*|\w*(?:ausfuhr|export|liefer)stopp\w*|untersag\w*|embargo\w*|nicht mehr (?:\w+ ){0,3}(?:exportier|ausführ|ausgeführt)\w*",
        "es": r"prohib\w+|prohíb\w*|veto\b|vet[óa]\b|vetar\w*|vetad\w+|embargo\w*",
        "fr": r"interdi\w+|embargo\w*|bannit\b|prohib\w+",
        "pt": r"proib\w+|proíb\w*|embargo\w*|vet(?:o|ou|ar|aram)\b|bane\b|baniu",
        "vi": r"(?:lệnh )?cấm\b",
        "cjk": r"禁令|禁止|禁运|禁運|禁輸|禁じ|禁出口|全面停止|輸出[^。]{0,8}止め|수출\s?금지|금지|금수|막[은았는]",
    },
    "licence_practice": {
        "en": r"(?:approv\w+|grant\w*|issu\w+|review\w*|process\w*|sped up|speed\w*|slow\w*|reject\w*|delay\w*|accept\w*|hand\w* out|receiv\w+|won|cleared|green-?lit)(?: \w+){0,6} (?:licen[cs]es?|licen[cs]ing applications?|applications?|permits|export permits|approvals)\b|(?:licen[cs]e|licen[cs]ing|export) (?:applications?|reviews?|approvals?)\b|(?:licen[cs]es?|permits?|applications?) (?:\w+ ){0,3}(?:granted|issued|approved|rejected|cleared|went to|gone to|withheld)|paperwork\b|general licen[cs]es?|green channel",
        "de": r"genehmigungsanträge\w*|(?:genehmigungen|lizenzen|anträge) (?:\w+ ){0,4}(?:erteilt|vergeben|bewilligt|genehmigt|abgelehnt)|\w*anträge\w*",
        "es": r"solicitudes\b|(?:licencias|permisos) (?:\w+ ){0,3}(?:concedid|otorgad|aprobad)\w+|(?:concedi|otorg|aprob)\w+ (?:\w+ ){0,3}(?:licencias|permisos)\b",
        "fr": r"demandes? de licences?|licences? (?:\w+ ){0,3}(?:accordées?|délivrées?)|(?:accord|délivr)\w+ (?:\w+ ){0,3}licences?\b",
        "pt": r"pedidos de licença|licenças (?:\w+ ){0,3}(?:concedid|aprovad)\w+|(?:conced|aprov)\w+ (?:\w+ ){0,3}licenças\b",
        "vi": r"(?:cấp|phê duyệt) (?:các )?giấy phép|hồ sơ xin (?:cấp )?phép",
        "cjk": r"许可申请|許可申請|审批|審批|審査(?:を|が|の)?(?:厳格|遅|加速|停止|強化|中断)|許可を?(?:出し|下り|取得)|承認し|승인|심사|获批|獲批|批准",
    },
    "export_restriction.licensing": {
        "en": r"licen[cs](?:e|es|ing|ed)\b|permits?\b|export[- ]controls?\b|export[- ]controlled|controls? on (?:\w+ ){0,6}exports?|controls? (?:over|of)\b|authori[sz]ation\b",
        "de": r"(?:export|ausfuhr)kontroll\w*|\w*genehmigung\w*|\w*lizenz\w*|kontrollen? (?:für|auf|bei|von) ",
        "es": r"licencias?\b|permisos? (?:de|para) exporta\w+|control(?:es)? (?:de|a|sobre) (?:la |las )?exporta\w+|autorizaci\w+",
        "fr": r"licences?\b|contrôles? (?:à|des|sur) (?:l'|les )?export\w*|autorisation\w*|permis d'export\w+",
        "pt": r"licenças?\b|controles? (?:de|à|às|sobre) (?:as )?exporta\w+|autorização|licenciamento",
        "vi": r"giấy phép|cấp phép|kiểm soát xuất khẩu|quản lý xuất khẩu",
        "cjk": r"出口管制|许可证?|許可証?|許可制|許可申請|個別申請|申請を(?:出|求)|手続きを厳格|義務[づ付]け|輸出管理|輸出規制|管制|의무화|허가|수출\s?통제|통제",
    },
    "export_restriction": {
        "en": r"export (?:curbs?|restrictions?|limits?|measures?)|curbs?\b|controls\b|restrict\w*|limits on (?:\w+ ){0,4}exports?|regulations?\b|(?:minimum|floor) (?:export )?prices?|lev(?:y|ies)\b|dut(?:y|ies)\b|surcharge\w*",
        "de": r"\w*beschränk\w*|(?:export|ausfuhr)\w*(?:auflagen|maßnahmen)|kontrollen\b",
        "es": r"restric\w+|restring\w+|limit(?:ó|ará|a|aron) (?:\w+ ){0,3}exporta\w+|controles\b",
        "fr": r"restrict\w+|restrein\w+|limit(?:e|é|era|ation) (?:\w+ ){0,3}export\w+|contrôles\b",
        "pt": r"restri\w+|restring\w+|limit(?:ou|ará|a) (?:\w+ ){0,3}exporta\w+|controles\b",
        "vi": r"hạn chế|siết chặt",
        "cjk": r"限制|規制|制限|제한|규제|公告|措施|措置|조치",
    },
    "import_restriction": {
        "en": r"import (?:bans?|curbs?|dut\w+|tariffs?|taxes|restrictions?|suspension|halt|quotas?|licen\w+)|tariff[- ]rate quotas?|ban on (?:\w+ ){0,4}(?:imports?|seafood)|anti-?dumping|countervailing|(?:halt\w*|suspend\w*|stopp\w*|bann\w*|stop|block\w*) (?:\w+ ){0,3}(?:imports?|purchases)|tariffs?\b|imports? (?:\w+ ){0,4}(?:banned|halted|suspended)|seafood imports|safeguard dut\w+",
        "de": r"(?:einfuhr|import)(?:verbot|stopp|zoll|zölle|beschränk|quote)\w*|(?:straf|schutz|antidumping|anti-dumping-)z[oö]ll\w*|antidumping\w*",
        "es": r"prohibición de importa\w+|antidumping|aranceles?\b|arancel\w*|cuotas? de importación|suspend\w+ (?:\w+ ){0,3}importa\w+|prohíb\w+ (?:\w+ ){0,3}importa\w+",
        "fr": r"droits? de douane|droits antidumping|antidumping|interdi\w+ (?:\w+ |d'|l'){0,4}importa\w+|suspen\w+ (?:\w+ |d'|l'){0,4}importa\w+|surtaxes?\b|droits? additionnels|tarifs douaniers",
        "pt": r"tarifas? (?:de|sobre) importa\w+|antidumping|suspen\w+ (?:\w+ ){0,3}importa\w+|proib\w+ (?:\w+ ){0,3}importa\w+|tarifas?\b|tarifaço|sobretaxa\w*",
        "vi": r"chống bán phá giá|cấm nhập khẩu|thuế nhập khẩu|tạm ngừng nhập khẩu",
        "cjk": r"反倾销|反傾銷|反ダンピング|(?:禁止|暂停|暫停|停止)进口|(?:禁止|暫停|停止)進口|進口禁令|输入禁令|輸入(?:停止|禁止|規制|制限)|輸入を(?:全面)?(?:停止|禁止)|(?:禁止|停止)(?:从|從|自)[^，。]{1,12}(?:进口|進口)|水産物|반덤핑|수입\s?(?:금지|중단|제한)|加徵關稅|加征关税|追加関税|报复性关税|報復關稅|추가\s?관세",
    },
    "data_release": {
        "en": r"customs\b|releases?\b(?! of)|data\b|figures?\b|statistics?\b|numbers\b|breakdown\b|tall(?:y|ies)\b|trade (?:report|returns|bulletin)|monthly report|bulletin\b|surveyors?\b",
        "de": r"zoll(?:behörde|verwaltung|daten|amt)?\b|daten\b|zahlen\b|statistik\w*|\w*statistik\b|destatis|aufschlüsselung|statistische[sn]? bundesamt\w*",
        "es": r"datos?\b|estadísticas?\b|aduanas?\b|cifras\b|desglose\b|informe\b|balance\b",
        "fr": r"données\b|chiffres\b|statistiques?\b|douanes?\b|ventilation\b|bilan\b",
        "pt": r"dados\b|números\b|alfândega|estatísticas?\b|detalhamento\b|balança comercial|secex|boletim",
        "vi": r"số liệu|hải quan|dữ liệu|thống kê",
        "cjk": r"统计|統計|数据|數據|資料|海关|海關|税関|データ|통계|해관|세관|자료|速報|分項|细分|細分|内訳|細目|세부|快报|快報",
    },
    "protest": {
        "en": r"protest\w*|lodg\w+ (?:\w+ ){0,4}(?:complaint|protest|representation)|summon\w*|demand\w* (?:\w+ ){0,4}(?:withdraw\w*|retract\w*|release)|complain\w* (?:to|at|with) (?:the )?(?:WTO|World)|WTO (?:complaint|case|dispute)|(?:filed|file|files|brought|took|take) (?:\w+ ){0,4}(?:complaint|case)|(?:took|takes?|taken|brought) (?:\w+ ){1,4}(?:to|before) the (?:WTO|World Trade)|(?:challeng\w+|dispute) (?:\w+ ){0,5}(?:at|before) the (?:WTO|World)|representations?\b",
        "de": r"protest\w*|forder\w+ (?:\w+ ){0,4}rücknahme|einbestell\w*|\w*beschwerde\b|klag\w+ (?:\w+ ){0,3}(?:vor|bei) der wto",
        "es": r"protest\w*|quejas?\b|exig\w+ (?:\w+ ){0,3}(?:retirada|retire)|convoc[óo]\w*|denunci\w+ ante la omc",
        "fr": r"protest\w*|exig\w+ (?:\w+ ){0,3}retrait|convoqu\w+|plaint\w+|saisi\w* l'omc",
        "pt": r"protest\w*|queixa\w*|convoc(?:ou|ado)\w*|exig\w+ (?:\w+ ){0,3}(?:retirada|revogação)",
        "vi": r"phản đối|khiếu nại|triệu tập",
        "cjk": r"抗议|抗議|交涉|撤回を求め|申し入れ|항의|召见|召見|초치|제소|提訴|起诉|起訴",
    },
    "agreement": {
        "en": r"agree(?:s|d|ment|ments|ing)?\b|deal\b|accord\b|truce\b|pact\b|(?<!decree )(?<!order )(?<!notice )(?<!letter )(?<!law )sign(?:s|ed|ing)\b(?! (?:by|into law|(?:a|an|the) (?:\w+ )?(?:decree|order|law|proclamation|notice|letter)))|memorandum|framework\b|consensus\b",
        "de": r"\w*abkommen\b|einig\w+|vereinbar\w*|unterzeichn\w*|waffenruhe",
        "es": r"acuerdo\w*|acord\w+|firm(?:ó|aron|ado|ada)\b|suscrib\w+|tregua",
        "fr": r"accords?\b|sign(?:é|ée|és|a|ent|ature)\b|convenu\w*|trêve",
        "pt": r"acordo\w*|acord(?:ou|aram)|assin(?:ou|aram|ado|ada|atura)\b|trégua",
        "vi": r"thỏa thuận|ký kết|hiệp định|nhất trí",
        "cjk": r"协议|協議(?!会|を|し|が行|は行)|达成|達成(?=共识|共識|協|一致)|签署|簽署|签订|簽訂|合意|署名|協定|调印|調印|조인|합의|협정|서명|체결",
    },
    "meeting": {
        "en": r"me(?:et|ets|eting|etings|t)\b|talks\b|summit\b|(?<!press )(?<!news )(?<!told a )(?<!told the )conference\b|visit(?:s|ed)?\b|phone call|by (?:tele)?phone|held a call|s[ia]t(?:s|ting)? down with|conven\w+|gather(?:ed|ing)\b|negotiat\w+",
        "de": r"treffen\b|trafen\b|traf(?! am .{0,30}in kraft)\b|\w*gipfel\w*|gespräch\w*|verhandl\w+|kamen? (?:\w+ ){0,4}zusammen",
        "es": r"reuni(?:ón|ones|eron|ó)\b|cumbre|conversaciones|negocia\w+|encuentro",
        "fr": r"réuni\w+|sommet|rencontr\w+|entretien\w*|négocia\w+|pourparlers",
        "pt": r"reunião|reuni(?:ões|ram|u)\b|encontro|encontraram|cúpula|negocia\w+",
        "vi": r"hội nghị|cuộc (?:gặp|họp)|gặp gỡ|hội đàm|đàm phán",
        "cjk": r"会谈|會談|会談|協議(?=を|し(?!書)|が行|は行)|会议|會議|会合|峰会|峰會|首脳|会晤|會晤|磋商|开会|開會|協議会|회담|회의|정상회|통화|電話会談|通话|通話|谈判|談判|협상",
    },
    "media_report": {
        "en": r"reported(?: (?:on|that|last|earlier))?\b|newspaper\b|sources?\b|said people familiar|people (?:familiar|with knowledge)|(?<!told )(?:Wall Street Journal|WSJ|Bloomberg|China Daily|Kyodo|Nikkei|Jiji|Financial Times|Global Times|Yomiuri|Asahi|Xinhua)\b|citing\b|reports?\b|wrote\b|commentary\b|editorial\b|tabloid\b|(?<!told )(?:People's |[A-Z]\w+ )Daily\b",
        "de": r"berichte\w*|zeitung\b|insider\w*|handelsblatt",
        "es": r"inform(?:ó|a|aron)\b|diario\b|fuentes\b|periódico|publicó",
        "fr": r"rapport(?:e|é|ent|ait)\b|journal\b|quotidien\b|selon des sources|écrit\b",
        "pt": r"noticiou|jornal\b|reportou|segundo fontes",
        "vi": r"đưa tin|báo chí",
        "cjk": r"报道|報道|報導|伝えた|報じ|消息人士|知情人士|関係者|(?:が|ことが)?(?:分か|わか)った|判明|보도|전했다|소식통|日报|日報",
    },
    "official_statement": {
        "en": r"said\b|says\b|told\b|spokes(?:man|woman|person)\b|remark\w*|statement\b|comment\w*|urg(?:ed|es)\b|call(?:s|ed) (?:on|for)\b|stated\b|warn\w*|critici[sz]\w*|stress\w*|vow\w*|pledg\w*|announc\w*|declar\w*|press (?:conference|briefing)|rejected\b|insist\w+|defend\w+|accus\w+|reiterat\w+|testif\w+|promis\w+|condemn\w+|confirm\w+|notified\b|wrote to\b|speech\b|hinted\b|forecast\w*|estimat\w+|show(?:s|ed|n)?\b|according to|rul(?:ed|ing)\b|judges?\b|panel\b|verdict\b|decre(?:ed|es)\b|hit back|threaten\w*|spoke\b|speaking\b",
        "de": r"sag(?:te|ten)\b|\w*sprecher\w*|erklär\w*|(?:an)?kündig\w*|angekündigt|mitgeteilt|mitteilte|teilte\b|bekannt\s?(?:gegeben|gab|gemacht)|\w*äußer\w*|warn\w+|kritisier\w+|forder\w+|betonte\w*|versicher\w+|verurteil\w+",
        "es": r"dij(?:o|eron)\b|portavoz|declar\w+|anunci\w*|señal\w+|afirm\w+|advirti\w+|critic\w+|asegur\w+|confirm\w+|exig\w+|rechaz\w+|subray\w+",
        "fr": r"porte-parole|durci\w*|déclar\w+|annonc\w*|affirm\w+|a dit\b|averti\w*|critiqu\w+|assur\w+|confirm\w+|appel\w+ (?:à|la|le)|dénonc\w+|indiqu\w+|condamn\w+",
        "pt": r"disse\w*\b|porta-voz|anunci\w+|declar\w+|afirm\w+|alert\w+|critic\w+|confirm\w+|garanti\w+|inform\w+|ressalt\w+",
        "vi": r"tuyên bố|phát ngôn|cho biết|cảnh báo|khẳng định|kêu gọi|chỉ trích|cho hay|nói",
        "cjk": r"表示|发言人|發言人|称|稱|宣布|宣佈|发言|發言|声明|聲明|述べ|発言|会見で|明らかに|発表|表明|語った|話した|指摘|批判|警告|強く求め|밝혔|말했|발언|대변인|성명|발표|강조|비판|촉구|경고|强调|強調|回应|回應|指出|批评|批評|呼吁|呼籲|敦促|说|說|扬言|揚言|考察|视察|視察|拒绝|拒絕",
    },
}  # fmt: skip

#: Verbs that stop, nouns of trade, and what is said of trade that stops.
STOP: Final[dict[str, str]] = {
    "en": r"halt\w*|stop|stops|stopp\w+|end|ends|ended|ending|ceas\w+|block\w*|cut off|shut(?: the door on| off)?|chok\w+|throttl\w+|clos\w+ the (?:door|tap) on|bar|bars|barred|barring|suspend\w*|suspension of|freez\w+|froze|resum\w+|restart\w*",
    "de": r"stopp\w*|setz\w+|aussetz\w*|unterbrech\w+|unterbrach|sperr\w*|einstell\w*|verhäng\w+ (?:\w+ ){0,2}stopp",
    "es": r"suspend\w+|suspensión de|deten\w+|detuvo|paraliz\w+|frena\w*|bloque\w+|interrump\w+|ces[óa]",
    "fr": r"suspend\w*|suspension (?:de|des)|arrêt\w*|gel(?:é|er|ait|a|ée|ées)?|bloqu\w+|interromp\w+|cess\w+",
    "pt": r"suspend\w+|suspens\w+ (?:de|das)|interromp\w+|paralis\w+|bloque\w+|par(?:ou|ar|aram) (?:de|as)|cess\w+",
    "vi": r"(?:tạm )?(?:dừng|ngừng|ngưng)|đình chỉ",
    "cjk": r"暂停|暫停|停止|中止|止め|差し止め|叫停|恢复|恢復|중단|중지",
}
TRADE: Final[dict[str, str]] = {
    "en": r"exports?|shipments?|exporting|shipping|sales|deliveries",
    "de": r"\w*ausfuhr(?:en)?|\w*exporte?n?s?|\w*lieferung(?:en)?",
    "es": r"exporta\w+|envíos?|ventas|embarques?|despachos?",
    "fr": r"(?:[dl]')?exporta\w+|expéditions?|ventes|livraisons?",
    "pt": r"exporta\w+|embarques?|vendas|envios?|remessas",
    "vi": r"xuất khẩu",
    "cjk": r"出口|輸出|수출|出荷|對日供應|供货",
}
STOPPED: Final[dict[str, str]] = {
    "en": r"suspended|halted|stopped|banned|blocked|frozen|barred|forbidden|prohibited|on hold|resumed|restarted|(?:are |is |will |must )?(?:to )?(?:end|stop|cease)",
    "de": r"gestoppt|ausgesetzt|eingestellt|gesperrt|unterbrochen|blockiert",
    "es": r"suspendid\w+|detenid\w+|paralizad\w+|bloquead\w+|frenad\w+",
    "fr": r"suspendu\w*|arrêté\w*|gelé\w*|bloqué\w*|interrompu\w*",
    "pt": r"suspens\w+|paralisad\w+|bloquead\w+|interrompid\w+",
    "vi": r"bị (?:tạm )?(?:dừng|ngừng|đình chỉ)",
    "cjk": r"暂停|暫停|停止|中止|止ま|滞|再開|恢复|恢復|중단|중지|재개|叫停",
}

#: "Suspended its ban on exports" stops no trade.
MEASURE_NOUNS: Final[dict[str, str]] = {
    "en": r"bans?|curbs?|control\w*|restrict\w*|measures?|quotas?|licen\w+|rules?|tariffs?|dut\w+|tax\w*|import\w*",
    "de": r"\w*(?:verbot|kontroll|beschränk|maßnahme|quote|zoll|zölle|steuer)\w*",
    "es": r"prohib\w+|control\w*|restric\w+|medidas?|cuotas?|licencia\w*|veto|impuesto\w*|retencion\w*",
    "fr": r"interdi\w+|contrôl\w+|restrict\w+|mesures?|quotas?|licences?|taxes?|droits?",
    "pt": r"proib\w+|control\w*|restri\w+|medidas?|cotas?|licença\w*|imposto\w*",
    "vi": r"lệnh|cấm|hạn ngạch|thuế|biện pháp",
    "cjk": r"禁|管制|規制|措|限|税|稅|枠|配|금지|통제|조치|규제",
}
